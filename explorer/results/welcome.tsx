import type { Question } from '../question/question.ts';

interface WelcomeProps {
  /** Fills in the form; nothing is bought by it. */
  readonly onChoose: (example: Partial<Question>) => void;
}

const EXAMPLES: readonly (readonly [string, Partial<Question>])[] = [
  ['A software developer in Seattle', { jobTitle: 'Software Developer', place: 'Seattle, Washington, United States' }],
  ['A registered nurse in Chicago', { jobTitle: 'Registered Nurse', place: 'Chicago, Illinois, United States' }],
  ['An accountant in London', { jobTitle: 'Accountant', place: 'London, England, United Kingdom' }],
];

/** What the page is for, before anything is asked. */
export function Welcome({ onChoose }: WelcomeProps) {
  return (
    <section className="card wide welcome" aria-labelledby="welcome">
      <h2 id="welcome">What does a job pay?</h2>
      <p>
        Say which job and where. The button then says what it would buy; what was bought once is free for everybody
        while it is stored. Nothing is bought by typing, by opening this page, or by sharing it.
      </p>
      <ul className="choices">
        {EXAMPLES.map(([label, example]) => (
          <li key={label}>
            <button type="button" className="chip" onClick={() => onChoose(example)}>
              {label}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
