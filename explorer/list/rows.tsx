import { memo, useId, useState } from 'react';
import type { Answers } from '../../src/model/answers.ts';
import type { JobColumns } from '../../src/model/job-list/columns.ts';
import { count, moneyOf, rating } from '../charts/money.ts';
import type { AnswersInput } from '../generated/operations.ts';
import { addressOf } from '../question/address.ts';
import { detailsOf } from '../question/details.ts';
import { EMPTY, formatPlace, type Question } from '../question/question.ts';
import type { ListedReport, PricedRow } from './listed.ts';
import type { ListState } from './store.ts';
import { reportOf, standingOf, textOf, type Standing } from './summary.ts';

/** A page of rows. */
const MOST = 100;

const NAMES: Readonly<Record<Standing, string>> = {
  looking: 'Being looked up',
  wrong: 'Wrong',
  here: 'Stored',
  'under-way': 'On the way',
  failed: 'Did not come',
  unknown: 'Not known',
  'to-buy': 'To buy',
};

const COLUMNS = ['Row', 'Job', 'State', 'P10', 'P25', 'Median', 'P75', 'P90', 'Average', 'Rating', 'Matched title'];

interface RowsProps {
  readonly state: ListState;
  readonly columns: JobColumns;
}

/** Row by row what is known, what is wrong, and the figures. */
export function Rows({ state, columns }: RowsProps) {
  const [only, setOnly] = useState<Standing | null>(null);
  const [page, setPage] = useState(0);
  const id = useId();
  const { rows, reports } = state;
  const standings = rows.map((row) => standingOf(row, reportOf(row, reports)));
  const shown = rows.filter((_, at) => only === null || standings[at] === only);
  const pages = Math.max(1, Math.ceil(shown.length / MOST));
  const at = Math.min(page, pages - 1);
  const choices = (Object.keys(NAMES) as Standing[]).filter((each) => standings.includes(each) || each === only);
  const choose = (standing: Standing | null): void => {
    setOnly(standing);
    setPage(0);
  };
  return (
    <section className="card wide rows" aria-labelledby={id}>
      <h2 id={id}>Row by row</h2>
      <fieldset className="tabs">
        <legend className="hidden">Which rows</legend>
        <Choice name={id} label={`All ${count(rows.length)}`} checked={only === null} onChoose={() => choose(null)} />
        {choices.map((standing) => (
          <Choice
            key={standing}
            name={id}
            label={`${NAMES[standing]} ${count(standings.filter((each) => each === standing).length)}`}
            checked={only === standing}
            onChoose={() => choose(standing)}
          />
        ))}
      </fieldset>
      <div className="table tall" role="region" aria-label="The rows of the list" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {COLUMNS.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.slice(at * MOST, (at + 1) * MOST).map((row) => (
              <Row key={row.number} row={row} report={reportOf(row, reports)} columns={columns} />
            ))}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <nav className="pages" aria-label="Pages of rows">
          <button type="button" aria-disabled={at === 0 || undefined} onClick={() => setPage(Math.max(0, at - 1))}>
            Previous
          </button>
          <span>
            Page {at + 1} of {pages}
          </span>
          <button
            type="button"
            aria-disabled={at === pages - 1 || undefined}
            onClick={() => setPage(Math.min(pages - 1, at + 1))}
          >
            Next
          </button>
        </nav>
      )}
    </section>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly checked: boolean;
  readonly onChoose: () => void;
}

function Choice({ name, label, checked, onChoose }: ChoiceProps) {
  return (
    <label>
      <input type="radio" name={name} checked={checked} onChange={onChoose} />
      <span>{label}</span>
    </label>
  );
}

interface RowProps {
  readonly row: PricedRow;
  readonly report: ListedReport | undefined;
  readonly columns: JobColumns;
}

/** Rendered again only if its report has changed: there are changes several times in a second. */
const Row = memo(function Row({ row, report, columns }: RowProps) {
  const standing = standingOf(row, report);
  const text = textOf(row, report);
  const figures = report?.pay?.basePay ?? report?.pay?.hourlyPay;
  const money = moneyOf(figures?.currencyCode ?? null);
  const amount = (value: number | null | undefined): string => (value == null ? '–' : money.exact(value));
  return (
    <tr className={standing}>
      <td>{row.number}</td>
      <th scope="row">
        <JobName row={row} report={report} columns={columns} />
      </th>
      <td className="words">
        <span className="badge">{NAMES[standing]}</span>
        {text && <p>{text}</p>}
      </td>
      <td>{amount(figures?.percentile10)}</td>
      <td>{amount(figures?.percentile25)}</td>
      <td>
        <strong>{amount(figures?.percentile50)}</strong>
        {figures && !report?.pay?.basePay && ' an hour'}
      </td>
      <td>{amount(figures?.percentile75)}</td>
      <td>{amount(figures?.percentile90)}</td>
      <td>{amount(figures?.average)}</td>
      <td>{report?.pay?.reportRating == null ? '–' : rating(report.pay.reportRating)}</td>
      <td className="words">{report?.pay?.context?.matchedJobTitle ?? '–'}</td>
    </tr>
  );
});

/** Leads to the question by itself, in a tab of its own: here a purchase may be going on. */
function JobName({ row, report, columns }: RowProps) {
  if (!row.given) return row.cells[columns.indexOf('jobTitle')] || '–';
  const answers = report?.answers ?? row.given;
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
    place: formatPlace({ city: city ?? '', state: state ?? '', country }),
    years: yearsExperience == null ? '' : String(yearsExperience),
    degree: highestDegreeEarned ?? '',
    skills: skills ?? [],
    certifications: certifications ?? [],
    industry: answers.employerProductActivity ?? '',
  };
}
