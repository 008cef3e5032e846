import { useMemo } from 'react';
import type { Api } from '../api/api.ts';
import type { Degree } from '../generated/operations.ts';
import type { FieldProblems } from '../purchase/remedies.ts';
import { Combobox } from './combobox.tsx';
import { Field } from './field.tsx';
import { isWrong } from '../purchase/remedies.ts';
import { Fold } from './fold.tsx';
import { ListField } from './list-field.tsx';
import { DEGREES, type Question } from './question.ts';
import { suggestAnswers } from './suggestions.ts';

interface MoreFieldsProps {
  readonly api: Api;
  readonly question: Question;
  readonly problems: FieldProblems;
  readonly onChange: (change: Partial<Question>) => void;
}

/** What makes a question more exact, folded until it is wanted. */
export function MoreFields({ api, question, problems, onChange }: MoreFieldsProps) {
  const skills = useMemo(() => suggestAnswers(api, 'SKILLS'), [api]);
  const certifications = useMemo(() => suggestAnswers(api, 'CERTIFICATIONS'), [api]);
  const industries = useMemo(() => suggestAnswers(api, 'EMPLOYER_PRODUCT_ACTIVITY'), [api]);
  const given = [question.degree, ...question.skills, ...question.certifications, question.industry].filter(Boolean);
  const wrong = ['degree', 'skills', 'certifications', 'industry'].some((name) => Object.hasOwn(problems, name));
  return (
    <Fold label="Degree, skills, certifications, industry" filled={given.length > 0} wrong={wrong}>
      <Field label="Highest degree" problem={problems.degree}>
        {({ id, describedBy }) => (
          <select
            id={id}
            aria-describedby={describedBy}
            value={question.degree}
            onChange={(event) => onChange({ degree: event.currentTarget.value as Degree | '' })}
          >
            <option value="">Not given</option>
            {DEGREES.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <ListField
        label="Skills"
        placeholder="Add a skill"
        values={question.skills}
        suggest={skills}
        problem={problems.skills}
        onChange={(values) => onChange({ skills: values })}
      />
      <ListField
        label="Certifications"
        placeholder="Add a certification"
        values={question.certifications}
        suggest={certifications}
        problem={problems.certifications}
        onChange={(values) => onChange({ certifications: values })}
      />
      <Field label="Industry" problem={problems.industry} onChoose={(industry) => onChange({ industry })}>
        {({ id, labelId, describedBy }) => (
          <Combobox
            id={id}
            labelId={labelId}
            describedBy={describedBy}
            invalid={isWrong(problems.industry)}
            value={question.industry}
            suggest={industries}
            onType={(industry) => onChange({ industry })}
            onChoose={(industry) => onChange({ industry })}
          />
        )}
      </Field>
    </Fold>
  );
}
