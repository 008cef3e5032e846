import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Api } from './api/api.ts';
import type { AskerFragment } from './generated/operations.ts';
import { labelOf, obstacleTo, withoutPurchase } from './purchase/plan.ts';
import { Progress } from './purchase/progress.tsx';
import { Purchase } from './purchase/purchase.tsx';
import { fieldProblems } from './purchase/remedies.ts';
import { targetsOf } from './purchase/targets.ts';
import { usePrice } from './purchase/use-price.ts';
import { useReports } from './purchase/use-reports.ts';
import { questionOf } from './question/address.ts';
import { QuestionForm } from './question/form.tsx';
import { recordShown, recordTyped } from './question/history.ts';
import { notesOf } from './question/notes.ts';
import { faultsOf, formatPlace, missingField, parsePlace, salaryOf, type Question } from './question/question.ts';
import { Share } from './question/share.tsx';
import { useSticky } from './question/use-sticky.ts';
import { Results } from './results/results.tsx';
import { Welcome } from './results/welcome.tsx';
import { useTitle } from './use-title.ts';

interface ExplorerProps {
  readonly api: Api;
  readonly asker: AskerFragment | null;
  readonly simulated: boolean;
  readonly onAsker: (asker: AskerFragment) => void;
}

const LABELS = { jobTitle: 'Job title', place: 'Place', years: 'Years of experience' } as const;

/** The question, its price, and the answer. The question is in the address; only the button buys. */
export function Explorer({ api, asker, simulated, onAsker }: ExplorerProps) {
  const [question, setQuestion] = useState<Question>(() => questionOf(location));
  /** What is asked for by the button, or by the address when the page was opened; typing does not change it. */
  const [shown, setShown] = useState<Question | null>(null);
  const [bought, setBought] = useState(0);
  const [complaint, setComplaint] = useState(false);
  const form = useSticky<HTMLDivElement>();
  const results = useRef<HTMLDivElement>(null);
  useTitle(shown && `${shown.jobTitle}, ${formatPlace(parsePlace(shown.place))}`);
  const missing = missingField(question);
  const targets = useMemo(() => (missing ? null : targetsOf(question)), [question, missing]);
  const price = usePrice(api, missing ? null : question, bought, onAsker);
  const { states, show, act, isOrdering } = useReports(
    api,
    useCallback(() => setBought((count) => count + 1), []),
  );

  const isShown = shown !== null && targets !== null && JSON.stringify(targetsOf(shown)) === JSON.stringify(targets);
  const open = useCallback(() => {
    const asked = questionOf(location);
    setQuestion(asked);
    setShown(missingField(asked) ? null : asked);
    show(missingField(asked) ? [] : targetsOf(asked));
  }, [show]);
  useEffect(() => {
    open();
    addEventListener('popstate', open);
    return () => removeEventListener('popstate', open);
  }, [open]);

  const change = (next: Question): void => {
    setQuestion(next);
    setComplaint(false);
    recordTyped(next, shown !== null);
  };
  const submit = (): void => {
    if (missing) {
      setComplaint(true);
      const labels = [...(form.current?.querySelectorAll('label') ?? [])];
      labels.find(({ textContent }) => textContent === LABELS[missing])?.click();
    }
    // Pressing it twice is pressing it once.
    if (!price.plan || !price.question || (isShown && isOrdering)) return;
    const isObstructed = obstacleTo(price.plan, asker) !== null;
    // Nothing of it is there either.
    if (isObstructed && price.plan.stored + price.plan.underWay === 0) return;
    const { buy } = isObstructed ? withoutPurchase(price.plan) : price.plan;
    // As upstream spells it, which is what the price is of.
    const asked = { ...price.question, salary: question.salary };
    recordShown(asked);
    setQuestion(asked);
    setShown(asked);
    show(
      targetsOf(asked),
      buy.map((types) => ({ kind: 'buy', types })),
    );
  };

  const failures = states.flatMap(({ target: { compared }, reports }) =>
    Object.values(reports).flatMap(({ problem }) => (problem ? { ...problem, compared } : [])),
  );
  // Those of the question that is shown are said as long as it is the one in the form.
  const problems = {
    ...(price.question && notesOf(price.checks, question, price.question)),
    ...fieldProblems([...price.problems, ...(isShown ? failures : [])]),
  };
  const unfilled =
    complaint && missing
      ? { [missing]: { message: `Enter a ${LABELS[missing].toLowerCase()} first.`, suggestions: [] } }
      : {};
  return (
    <div className="explorer">
      <div className="side" ref={form}>
        <QuestionForm
          api={api}
          question={question}
          problems={{ ...problems, ...unfilled, ...faultsOf(question) }}
          onChange={change}
          onSubmit={submit}
        >
          <Purchase
            plan={price.plan}
            problems={price.problems}
            asker={asker}
            isOrdering={isShown && isOrdering}
            missing={missing ? 'The button will say what is bought before anything is.' : null}
          />
          {targets && <Share question={question} />}
        </QuestionForm>
        <Progress
          states={states}
          onAct={(at, deed) => {
            act(at, deed);
            // The button that had the focus is about to go.
            results.current?.focus({ preventScroll: true });
          }}
        />
      </div>
      <div className="results" tabIndex={-1} ref={results}>
        {shown ? (
          <Results
            api={api}
            states={states}
            question={shown}
            salary={salaryOf(question)}
            simulated={simulated}
            button={price.plan && isShown && !obstacleTo(price.plan, asker) ? labelOf(price.plan) : null}
          />
        ) : (
          <Welcome onChoose={(example) => change({ ...question, ...example })} />
        )}
      </div>
    </div>
  );
}
