import { useMemo, type SubmitEvent, type ReactNode } from 'react';
import type { Api } from '../api/api.ts';
import { count } from '../charts/money.ts';
import type { FieldProblems } from '../purchase/remedies.ts';
import { CompareFields } from './compare-fields.tsx';
import { Combobox } from './combobox.tsx';
import { Field } from './field.tsx';
import { isWrong } from '../purchase/remedies.ts';
import { MoreFields } from './more-fields.tsx';
import { parsePlace, salaryOf, type Question } from './question.ts';
import { suggestPlaces, suggestTitles } from './suggestions.ts';

interface QuestionFormProps {
  readonly api: Api;
  readonly question: Question;
  readonly problems: FieldProblems;
  readonly onChange: (question: Question) => void;
  readonly onSubmit: () => void;
  /** The price and the button. */
  readonly children: ReactNode;
}

/** What is asked. Nothing that is typed or chosen here buys anything. */
export function QuestionForm({ api, question, problems, onChange, onSubmit, children }: QuestionFormProps) {
  const set = (change: Partial<Question>): void => onChange({ ...question, ...change });
  const titles = useMemo(() => suggestTitles(api), [api]);
  const places = useMemo(() => suggestPlaces(api), [api]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className="card question" onSubmit={submit} aria-label="The job" noValidate>
      <Field label="Job title" problem={problems.jobTitle} onChoose={(jobTitle) => set({ jobTitle })}>
        {({ id, labelId, describedBy }) => (
          <Combobox
            id={id}
            labelId={labelId}
            describedBy={describedBy}
            invalid={isWrong(problems.jobTitle)}
            placeholder="Software Developer"
            value={question.jobTitle}
            suggest={titles}
            onType={(jobTitle) => set({ jobTitle })}
            onChoose={(jobTitle) => set({ jobTitle })}
          />
        )}
      </Field>
      <Field label="Place" hint={<PlaceHint place={question.place} />} problem={problems.place}>
        {({ id, labelId, describedBy }) => (
          <Combobox
            id={id}
            labelId={labelId}
            describedBy={describedBy}
            invalid={isWrong(problems.place)}
            placeholder="Seattle, Washington, United States"
            value={question.place}
            suggest={places}
            onType={(place) => set({ place })}
            onChoose={(place) => set({ place })}
          />
        )}
      </Field>
      <div className="pair">
        <Field label="Years of experience" problem={problems.years}>
          {({ id, describedBy }) => (
            <input
              id={id}
              type="text"
              inputMode="numeric"
              autoComplete="off"
              aria-describedby={describedBy}
              aria-invalid={isWrong(problems.years) || undefined}
              value={question.years}
              onChange={(event) => set({ years: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Your salary" hint={salaryHint(question)} problem={problems.salary}>
          {({ id, describedBy }) => (
            <input
              id={id}
              type="text"
              inputMode="decimal"
              autoComplete="off"
              aria-describedby={describedBy}
              aria-invalid={isWrong(problems.salary) || undefined}
              value={question.salary}
              onChange={(event) => set({ salary: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      <CompareFields problems={problems} places={places} titles={titles} question={question} onChange={set} />
      <MoreFields api={api} question={question} problems={problems} onChange={set} />
      {children}
    </form>
  );
}

/** How the one line is understood. */
function PlaceHint({ place }: { readonly place: string }) {
  const { city, state, country } = parsePlace(place);
  if (country === '') return 'City, state and country, or a country alone.';
  const isState = state !== '' && city === '';
  const parts = [city && `city ${city}`, state && `state ${state}`, `country ${country}`];
  const other = isState ? ` If ${state} is a city, write “${state}, , ${country}”.` : '';
  return `Understood as ${parts.filter(Boolean).join(', ')}.${other}`;
}

/** How the amount is understood, where it is written in another way. */
function salaryHint(question: Question): string {
  const amount = salaryOf(question);
  const isPlain = amount === null || question.salary.trim() === String(amount);
  return `${isPlain ? 'Per' : `${count(amount)} per`} year. Never leaves this page.`;
}
