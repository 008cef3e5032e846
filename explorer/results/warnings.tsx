import type { IssueFragment } from '../generated/operations.ts';

/** What upstream has ignored or read otherwise: the report may answer another question. */
export function Warnings({ warnings }: { readonly warnings: readonly IssueFragment[] }) {
  const texts = [...new Set(warnings.flatMap(({ message }) => message ?? []))];
  if (texts.length === 0) return null;
  return (
    <ul className="warnings" aria-label="Warnings">
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
