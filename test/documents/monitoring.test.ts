import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { samplesOf } from '../fixtures/server/metrics.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { numbered } from '../fixtures/answers/answers.js';

const OPERATIONS = readFileSync('docs/operations.md', 'utf8');
const ALERTS = readFileSync('docs/monitoring/alerts.yaml', 'utf8');

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}
const { panels } = JSON.parse(readFileSync('docs/monitoring/dashboard.json', 'utf8')) as { panels: Panel[] };

/** Every metric that an expression of PromQL names: words that are neither functions, labels, keywords nor in quotes. */
function metricsIn(expression: string): string[] {
  const bare = expression
    .replace(/"[^"]*"/g, '""')
    .replace(/\b(by|on|without) ?\([^)]*\)/g, '')
    .replace(/\{[^}]*\}/g, '{}')
    .replace(/\[[^\]]*\]/g, '');
  return [...bare.matchAll(/\b([a-z]\w+)\b(?! *\()/g)].map(([, name = '']) => name).filter((name) => name !== 'and');
}

describe('monitoring', () => {
  useServers({ pendingPolls: 0 });

  it('shows and alerts on metrics that exist, and on every one that is no detail of the process', async ({ start }) => {
    const server = await start();
    const query = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { basePay { percentile50 } } } }';
    await server.run(query, { answers: numbered(1) });
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const families = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', kind = '']) => ({ name, kind }));
    const existing = new Set(
      families.flatMap(({ name, kind }) =>
        kind === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
      ),
    );
    expect(samplesOf(text)).toMatchObject({ reports_uncertain: 0 });
    const alerted = [...ALERTS.matchAll(/^ +expr: (.+)$/gm)].flatMap(([, expression = '']) => metricsIn(expression));
    const shown = panels.flatMap(({ targets }) => targets).flatMap(({ expr }) => metricsIn(expr));
    expect(alerted.length).toBeGreaterThan(7);
    expect([...alerted, ...shown].filter((name) => !existing.has(name))).toEqual([]);
    const isShown = (name: string): boolean => shown.some((each) => each.replace(/_bucket$/, '') === name);
    expect(families.map(({ name }) => name).filter((name) => !isShown(name))).toEqual(['process_start_time_seconds']);
  });

  it('has a place in the runbook for every alert', () => {
    const places = [...ALERTS.matchAll(/runbook: '[^#]*#(\w+)'/g)].map(([, place = '']) => place.toUpperCase());
    expect(places).toHaveLength(ALERTS.match(/- alert:/g)?.length ?? 0);
    expect(places.filter((place) => !OPERATIONS.includes(`\n### ${place}\n`))).toEqual([]);
  });

  it('has an entry in the runbook for every code', () => {
    const [declared = ''] =
      /interface ErrorDetailsByCode \{[^]*?\n\}/.exec(readFileSync('src/errors.ts', 'utf8')) ?? [];
    const codes = [...declared.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, code = '']) => code);
    expect(codes).toContain('SUBMISSION_UNCERTAIN');
    const [, runbook = ''] = OPERATIONS.split('\n## Runbook\n');
    expect([...codes, 'INTERNAL_SERVER_ERROR'].filter((code) => !runbook.includes(`\n### ${code}\n`))).toEqual([]);
  });

  it('describes every metric', async ({ start }) => {
    const text = await (await fetch(`${(await start()).url}/metrics`)).text();
    const [, described = ''] = OPERATIONS.split('\n## Metrics\n');
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
    expect(names.filter((name) => !new RegExp(`\`${name}[\`{]`).test(described))).toEqual([]);
  });
});
