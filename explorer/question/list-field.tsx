import { useRef, useState } from 'react';
import type { FieldProblem } from '../purchase/remedies.ts';
import { Combobox } from './combobox.tsx';
import { Field } from './field.tsx';
import { isWrong } from '../purchase/remedies.ts';
import { MOST_IN_A_LIST } from './question.ts';
import type { Suggest } from './suggestions.ts';

interface ListFieldProps {
  readonly label: string;
  readonly hint?: string;
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
  const { label, hint, placeholder, values, suggest, problem, most = MOST_IN_A_LIST, onChange } = props;
  const [text, setText] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const add = (value: string): void => {
    const wanted = value.trim();
    setText('');
    if (wanted !== '' && values.length < most && !values.includes(wanted)) onChange([...values, wanted]);
  };
  const remove = (value: string): void => {
    onChange(values.filter((other) => other !== value));
    // The button that had the focus is gone.
    list.current?.querySelector('input')?.focus();
  };
  return (
    <div ref={list}>
      <Field label={label} hint={hint} problem={problem} onChoose={add}>
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
