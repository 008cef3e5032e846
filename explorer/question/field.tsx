import { useId, type ReactNode } from 'react';
import type { FieldProblem } from '../purchase/remedies.ts';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly problem?: FieldProblem | undefined;
  /** Takes what upstream suggests instead. */
  readonly onChoose?: (value: string) => void;
  /** The control, which has this id and is described by these. */
  readonly children: (ids: { id: string; labelId: string; describedBy: string | undefined }) => ReactNode;
}

/** A label, a control, and below it what is wrong with it and can be chosen instead. */
export function Field({ label, hint, problem, onChoose, children }: FieldProps) {
  const id = useId();
  const choose = (value: string): void => {
    onChoose?.(value);
    // The button that had the focus is about to go.
    document.getElementById(id)?.focus();
  };
  const labelId = `${id}-label`;
  const [hintId, problemId] = [`${id}-hint`, `${id}-problem`];
  const described = [hint ? hintId : '', problem ? problemId : ''].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label id={labelId} htmlFor={id}>
        {label}
      </label>
      {children({ id, labelId, describedBy: described || undefined })}
      {hint && (
        <p className="hint" id={hintId}>
          {hint}
        </p>
      )}
      {problem && (
        <div
          className={problem.isNote ? 'problem note' : 'problem'}
          id={problemId}
          {...(!problem.isNote && { role: 'alert' })}
        >
          <p>{problem.message}</p>
          {problem.suggestions.length > 0 && onChoose && (
            <ul className="choices">
              {problem.suggestions.map((value) => (
                <li key={value}>
                  <button type="button" className="chip" onClick={() => choose(value)}>
                    {value}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </div>
  );
}
