import { memo } from 'react';
import type { Answers } from '../../src/model/answers.ts';
import type { JobColumns } from '../../src/model/job-list/columns.ts';
import { figureColumns, figuresOf, type Figure } from '../../src/model/job-list/figures.ts';
import { moneyOf, rating } from '../charts/money.ts';
import type { AnswersInput, ReportType } from '../generated/operations.ts';
import { addressOf } from '../question/address.ts';
import { detailsOf } from '../question/details.ts';
import { EMPTY, placeLine, type Question } from '../question/question.ts';
import type { ListRun } from './list-run.ts';
import type { ListedReport, PricedRow } from './listed.ts';
import { RowState } from './row-state.tsx';
import { jobOf, standingOf } from './summary.ts';

interface RowProps {
  readonly row: PricedRow;
  /** Its reports; undefined: it asks for none of this type. */
  readonly pay: ListedReport | undefined;
  readonly yoe: ListedReport | undefined;
  readonly types: readonly ReportType[];
  readonly columns: JobColumns;
  /** What can be done; null: nothing at the moment. */
  readonly run: ListRun | null;
  /** Does what makes the button go that had the focus. */
  readonly onAct: (act: () => void) => void;
}

const CURRENCY = 'Currency';
const PER = 'Per';
const MATCHED = 'Matched title';

/** The columns with figures: a currency is written with its amounts. */
export function columnsOf(types: readonly ReportType[]): readonly string[] {
  return figureColumns(types).filter((name) => name !== CURRENCY && name !== PER);
}

/** Rendered again only if its reports have changed: there are changes several times in a second. */
export const Row = memo(function Row({ row, pay, yoe, types, columns, run, onAct }: RowProps) {
  const own = [pay, yoe].filter((report) => report !== undefined);
  const answers = own[0]?.answers ?? row.given;
  const figures = row.given ? figuresOf(types, jobOf(own), row.given) : [];
  const of = new Map(figureColumns(types).map((name, at) => [name, figures[at] ?? null]));
  const currency = of.get(CURRENCY);
  const money = moneyOf(typeof currency === 'string' ? currency : null);
  return (
    <tr role="row" className={standingOf(row, own)}>
      <td role="cell" className="number">
        {row.number}
      </td>
      <th role="rowheader" scope="row">
        {answers ? <JobName answers={answers} /> : row.cells[columns.indexOf('jobTitle')] || '–'}
      </th>
      <td role="cell" className="words state">
        <RowState row={row} own={own} run={run} onAct={onAct} />
      </td>
      {columnsOf(types).map((name) => {
        const figure = of.get(name) ?? null;
        const text = textOf(name, figure, money.exact);
        return (
          <td
            role="cell"
            key={name}
            data-name={name}
            className={[figure === null && 'none', name === MATCHED && 'words'].filter(Boolean).join(' ')}
          >
            {name === 'Median' && figure !== null ? <strong>{text}</strong> : text}
            {name === 'Median' && of.get(PER) === 'hour' && ' an hour'}
          </td>
        );
      })}
    </tr>
  );
});

function textOf(name: string, figure: Figure, amount: (value: number) => string): string {
  if (typeof figure !== 'number') return figure ?? '–';
  return name.startsWith('Rating') ? rating(figure) : amount(figure);
}

/** Leads to the question by itself, in a tab of its own: here a purchase may be going on. */
function JobName({ answers }: { readonly answers: AnswersInput | Answers }) {
  return (
    <>
      <a href={`./${addressOf(questionOf(answers)).search}`} target="_blank" rel="noreferrer">
        {answers.jobTitle}
        <span className="hidden"> (opens in a new tab)</span>
      </a>
      <span className="details">{detailsOf(answers)}</span>
    </>
  );
}

function questionOf(answers: AnswersInput | Answers): Question {
  const { jobTitle, city, state, country, yearsExperience, highestDegreeEarned, skills, certifications } = answers;
  return {
    ...EMPTY,
    jobTitle,
    place: placeLine({ city: city ?? '', state: state ?? '', country }),
    years: yearsExperience == null ? '' : String(yearsExperience),
    degree: highestDegreeEarned ?? '',
    skills: skills ?? [],
    certifications: certifications ?? [],
    industry: answers.employerProductActivity ?? '',
  };
}
