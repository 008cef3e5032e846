import { useRef, useState } from 'react';
import type { FieldProblem } from '../purchase/remedies.ts';
import { Combobox } from './combobox.tsx';
import { Field } from './field.tsx';
import { isWrong } from '../purchase/remedies.ts';
import { MOST_IN_A_LIST, singleSpaced } from './question.ts';
import type { Suggest } from './suggestions.ts';

interface ListFieldProps {
  readonly label: string;
  readonly placeholder?: string;
  readonly values: readonly string[];
  readonly suggest: Suggest;
  readonly problem?: FieldProblem | undefined;
  /** How many may be in it. */
  readonly most?: number;
  readonly onChange: (values: readonly string[]) => void;
}

/** A field for several values: each is added by choosing or by Enter, and taken out by its button. */
export function ListField(props: ListFieldProps) {
  const { label, placeholder, values, suggest, problem, most = MOST_IN_A_LIST, onChange } = props;
  const [text, setText] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const isFull = values.length >= most;
  const add = (value: string): void => {
    const wanted = value.trim();
    setText('');
    if (wanted !== '' && !isFull && !values.includes(wanted)) onChange([...values, wanted]);
  };
  /** Takes what is suggested in place of the value that it is suggested for. */
  const choose = (choice: string): void => {
    const isReplaced = (value: string): boolean => singleSpaced(value) === problem?.value;
    if (values.some(isReplaced)) onChange([...new Set(values.map((value) => (isReplaced(value) ? choice : value)))]);
    else add(choice);
  };
  const remove = (value: string): void => {
    onChange(values.filter((other) => other !== value));
    // The button that had the focus is gone.
    list.current?.querySelector('input')?.focus();
  };
  return (
    <div ref={list}>
      <Field label={label} hint={isFull ? `No more than ${most}.` : undefined} problem={problem} onChoose={choose}>
        {({ id, labelId, describedBy }) => (
          <>
            {values.length > 0 && (
              <ul className="values" aria-labelledby={labelId}>
                {values.map((value) => (
                  <li key={value} className="chip">
                    {value}
                    <button type="button" aria-label={`Remove ${value}`} onClick={() => remove(value)}>
                      ×
                    </button>
                  </li>
                ))}
              </ul>
            )}
            <Combobox
              id={id}
              labelId={labelId}
              describedBy={describedBy}
              invalid={isWrong(problem)}
              value={text}
              suggest={suggest}
              onType={setText}
              onChoose={add}
              onEnter={() => add(text)}
              {...(placeholder && { placeholder })}
            />
          </>
        )}
      </Field>
    </div>
  );
}
