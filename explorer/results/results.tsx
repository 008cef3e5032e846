import type { Api } from '../api/api.ts';
import type { TargetState } from '../purchase/run.ts';
import { formatPlace, parsePlace, yearsOf, type Question } from '../question/question.ts';
import { CareerCard } from './career-card.tsx';
import { CompareCard } from './compare-card.tsx';
import { ImpactCard } from './impact-card.tsx';
import { PartsCard } from './parts-card.tsx';
import { PayCard } from './pay-card.tsx';

interface ResultsProps {
  readonly api: Api;
  readonly states: readonly TargetState[];
  readonly question: Question;
  readonly salary: number | null;
  readonly simulated: boolean;
  /** What the button says of this question; null: it says something of another, or cannot be pressed. */
  readonly button: string | null;
}

/** The pictures of what has come so far. */
export function Results({ api, states, question, salary, simulated, button }: ResultsProps) {
  const [main] = states;
  const { city, state, country } = parsePlace(question.place);
  const where = city ? formatPlace({ city, state, country: '' }) : formatPlace({ city, state, country });
  const subject = `${question.jobTitle}, ${where}`;
  const reports = Object.values(main?.reports ?? {});
  const isWanted = reports.some(({ status }) => status === 'SUBMITTING' || status === 'PENDING');
  const isRefused = reports.some(({ problem }) => problem !== null);
  return (
    <>
      {main?.pay ? (
        <PayCard
          pay={main.pay}
          expiresAt={main.reports.PAY?.expiresAt ?? null}
          salary={salary}
          subject={subject}
          simulated={simulated}
        />
      ) : (
        <section className="card wide empty" aria-label="Nothing to show yet">
          <h2>{subject}</h2>
          {reports.length === 0 ? (
            <p>Looking at what is stored …</p>
          ) : isWanted ? (
            <p className="waiting">Being prepared. This takes seconds, sometimes minutes.</p>
          ) : isRefused ? (
            <p>There is nothing to show. “Progress” says why, and what can be done.</p>
          ) : (
            <p>Nothing is stored for this question yet.{button && ` “${button}” gets it.`}</p>
          )}
        </section>
      )}
      {main?.yoe && (
        <CareerCard
          yoe={main.yoe}
          expiresAt={main.reports.YOE?.expiresAt ?? null}
          years={yearsOf(question)}
          wide={states.filter(({ pay }) => pay?.basePay).length < 2}
          subject={subject}
          simulated={simulated}
        />
      )}
      <CompareCard states={states} salary={salary} subject={subject} simulated={simulated} />
      {main && (
        // Beside it is what total pay is made of.
        <ImpactCard api={api} jobTitle={question.jobTitle} simulated={simulated} wide={!main.pay} />
      )}
      {main?.pay && <PartsCard pay={main.pay} subject={subject} simulated={simulated} />}
    </>
  );
}
