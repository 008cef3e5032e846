import { useId } from 'react';
import type { ReportType } from '../generated/operations.ts';
import { REPORT_NAMES } from '../purchase/report-names.ts';
import { Choice } from './choice.tsx';

interface TypesProps {
  readonly types: readonly ReportType[];
  /** While something is bought, it is known what. */
  readonly disabled: boolean;
  readonly onTypes: (types: readonly ReportType[]) => void;
}

const CHOICES: readonly (readonly [string, readonly ReportType[]])[] = [
  [REPORT_NAMES.PAY, ['PAY']],
  [REPORT_NAMES.YOE, ['YOE']],
  ['Both', ['PAY', 'YOE']],
];

/** Which reports are wanted of each job. */
export function Types({ types, disabled, onTypes }: TypesProps) {
  const id = useId();
  return (
    <fieldset className="labelled-tabs" disabled={disabled}>
      <legend>Reports of each job</legend>
      <div className="tabs">
        {CHOICES.map(([label, value]) => (
          <Choice
            key={label}
            name={id}
            label={label}
            checked={String(types) === String(value)}
            onChoose={() => onTypes(value)}
          />
        ))}
      </div>
    </fieldset>
  );
}
