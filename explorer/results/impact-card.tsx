import { useEffect, useState } from 'react';
import type { Api } from '../api/api.ts';
import { Bars } from '../charts/bars.tsx';
import { ChartCard } from '../charts/chart-card.tsx';
import { count, difference } from '../charts/money.ts';
import { ImpactsDocument, type ImpactsFragment, type ImpactsQuery } from '../generated/operations.ts';

interface ImpactCardProps {
  readonly api: Api;
  readonly jobTitle: string;
  readonly simulated: boolean;
  readonly wide: boolean;
}

const KINDS = [
  ['skills', 'Skills'],
  ['certifications', 'Certifications'],
  ['degrees', 'Degrees'],
] as const;
const MOST_BARS = 8;

/** What goes with higher pay, or with lower. Look-ups, which are free. */
export function ImpactCard({ api, jobTitle, simulated, wide }: ImpactCardProps) {
  const impacts = useImpacts(api, jobTitle);
  const [chosen, setChosen] = useState<(typeof KINDS)[number][0]>('skills');
  const offered = KINDS.filter(([key]) => ordered(impacts?.[key]).length > 0);
  const kind = offered.find(([key]) => key === chosen) ?? offered[0];
  if (!impacts || !kind) return null;
  const [key, name] = kind;
  const all = ordered(impacts[key]);
  const { matchedJobTitle = null } = impacts[key]?.context ?? {};
  return (
    <ChartCard
      title="What goes with higher pay"
      subject={`${name}, ${jobTitle}`}
      simulated={simulated}
      wide={wide}
      table={{
        caption: `${name}: difference in pay of people who have it, ${jobTitle}`,
        columns: [
          { name },
          { name: 'Difference in percent', format: difference },
          { name: 'Profiles', format: count },
          { name: 'Median base pay', format: count },
        ],
        rows: all.map(({ answer, percentage, profileCount, medianBasePay }) => [
          answer,
          percentage,
          profileCount,
          medianBasePay,
        ]),
      }}
      lead={
        <fieldset className="tabs">
          <legend className="hidden">What people have</legend>
          {offered.map(([value, label]) => (
            <label key={value}>
              <input type="radio" name="impact" checked={value === key} onChange={() => setChosen(value)} />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
      }
      footnote={
        <p className="note">
          People who have it beside those who do not{matchedJobTitle && `, for ${matchedJobTitle} everywhere`}: it goes
          with the difference, and need not be its cause.
        </p>
      }
    >
      <Bars
        bars={all.slice(0, MOST_BARS).map(({ answer, percentage, profileCount }) => ({
          // Some degrees are lists of degrees.
          label: answer.split(',')[0] ?? answer,
          text: difference(percentage),
          ...(profileCount !== null && { detail: `${count(profileCount)} profiles` }),
          value: percentage,
        }))}
        description={`${name} by the difference in pay. The figures are in the table below.`}
      />
    </ChartCard>
  );
}

function useImpacts(api: Api, jobTitle: string): ImpactsQuery | null {
  const [impacts, setImpacts] = useState<ImpactsQuery | null>(null);
  useEffect(() => {
    setImpacts(null);
    const ended = new AbortController();
    api.request(ImpactsDocument, { jobTitle }, ended.signal).then(
      ({ data }) => setImpacts(data),
      // The signal's reason alone, when another title is asked about.
      () => undefined,
    );
    return () => ended.abort();
  }, [api, jobTitle]);
  return impacts;
}

/** Those of which the difference is known, the largest first. */
function ordered(report: ImpactsFragment | null | undefined) {
  return (report?.impacts ?? [])
    .flatMap((impact) => {
      const percentage = impact.payDifferentialPercentage;
      return percentage === null ? [] : [{ ...impact, percentage }];
    })
    .toSorted((a, b) => b.percentage - a.percentage);
}
