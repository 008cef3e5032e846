import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import type { WireReportKey } from '../../../src/contract/wire.js';
import {
  json,
  NO_HINT,
  pending,
  raw,
  ready,
  reset,
  slow,
  status,
  type Step,
} from '../../fixtures/upstream/upstream.js';
import { faultsOf, faultsOfJoining } from './event-checker.js';
import { BOTH, follow, type Follower, type FollowVariables, type ReportType } from '../../fixtures/sockets/follow.js';
import { numbered } from '../../fixtures/answers/answers.js';
import { useLive } from './use-live.js';

useLive();

const STEPS = {
  hinted: () => pending(10),
  unhinted: () => pending(NO_HINT),
  unavailable: () => status(503),
  reset,
  malformed: () => raw('{"Report": {'),
} satisfies Record<string, () => Step>;
/** A refusal ends a report only when it is repeated over a minute, and asking polls again: collecting-refused.test.ts. */
const ENDS = { ready: () => ready(), late: () => slow(20, ready()) } satisfies Record<string, () => Step>;

type StepName = keyof typeof STEPS;
type EndName = keyof typeof ENDS;
const STEP_NAMES = Object.keys(STEPS) as StepName[];
const ALL_ENDS: readonly [EndName, EndName][] = [
  ['ready', 'ready'],
  ['late', 'ready'],
  ['ready', 'late'],
  ['late', 'late'],
];

/** The poll responses of the two links, and their order. */
interface Plan {
  readonly steps: Record<ReportType, readonly StepName[]>;
  readonly ends: Record<ReportType, EndName>;
  readonly order: readonly ReportType[];
}

/** Every interleaving of this many responses of each link. */
function merges(pay: number, yoe: number): ReportType[][] {
  if (pay === 0 && yoe === 0) return [[]];
  return [
    ...(pay > 0 ? merges(pay - 1, yoe).map((rest): ReportType[] => ['PAY', ...rest]) : []),
    ...(yoe > 0 ? merges(pay, yoe - 1).map((rest): ReportType[] => ['YOE', ...rest]) : []),
  ];
}

function planOf(order: readonly ReportType[], pay: readonly StepName[], yoe: readonly StepName[], turn: number): Plan {
  const [payEnd, yoeEnd] = ALL_ENDS[turn % ALL_ENDS.length] ?? ['ready', 'ready'];
  return { order, steps: { PAY: pay, YOE: yoe }, ends: { PAY: payEnd, YOE: yoeEnd } };
}

/** One response before the final one on each link: every pair of kinds, in every order. */
const ONE_EACH = STEP_NAMES.flatMap((pay, row) =>
  STEP_NAMES.flatMap((yoe, column) =>
    merges(2, 2).map((order, turn) => planOf(order, [pay], [yoe], turn + row + column)),
  ),
);
/** Two responses before the final one on each link, in every order, cycling through the kinds. */
const TWO_EACH = merges(3, 3).map((order, turn) => {
  const kind = (step: number): StepName => STEP_NAMES[(turn + step) % STEP_NAMES.length] ?? 'hinted';
  return planOf(order, [kind(0), 'hinted'], ['hinted', kind(2)], turn);
});
/** One link is done at its first poll, before the other; and both at their first poll. */
const UNEVEN = ALL_ENDS.flatMap((_, turn) => [
  planOf(['PAY', 'YOE'], [], [], turn),
  planOf(['YOE', 'PAY'], [], [], turn),
  ...STEP_NAMES.flatMap((kind) => [
    planOf(['PAY', 'YOE', 'YOE'], [], [kind], turn),
    planOf(['YOE', 'PAY', 'PAY'], [kind], [], turn),
  ]),
]);

const LINKS: Record<ReportType, [WireReportKey, string]> = {
  PAY: ['pay', 'PayReport'],
  YOE: ['yoe', 'YearsExperienceReport'],
};
/** A held poll occupies one of the 64 connections of the collector. */
const AT_ONCE = 30;

describe('a subscriber', () => {
  it.for<[string, Plan[], number]>([
    ['one response and the final one per link in every order', ONE_EACH, 150],
    ['two responses and the final one per link in every order', TWO_EACH, 20],
    ['one link finishing before the other', UNEVEN, 48],
  ])(
    'receives every event once and in order, even joining late, with %s',
    async ([, plans, count], { live: { upstream, server, connect } }) => {
      expect(plans).toHaveLength(count);
      // The answers identify the plan, and each plan has its own links.
      const scripts = new Map<string, Step[]>();
      upstream.script.submit.otherwise((request) => {
        const { answers } = request.body as { answers: { AverageSizeCompetitor: number } };
        const plan = plans[answers.AverageSizeCompetitor];
        if (!plan) throw new Error('A purchase nobody planned.');
        const script = scriptOf(plan);
        const links = BOTH.map((type) => {
          const [key, name] = LINKS[type];
          const link = upstream.link(key);
          scripts.set(new URL(link).pathname, script[type]);
          return [name, link] as const;
        });
        return slow(20, json({ Links: Object.fromEntries(links), Warnings: null, Errors: null }));
      });
      for (const key of ['pay', 'yoe'] as const) {
        upstream.script.poll(key).otherwise((request) => {
          const step = scripts.get(request.path)?.shift();
          if (!step) throw new Error('A poll nobody planned: the report was over.');
          return step;
        });
      }

      const limit = pLimit(AT_ONCE);
      await Promise.all(
        plans.map((plan, number) =>
          limit(async () => {
            const client = connect();
            const laters: Follower[] = [];
            // At every event another subscriber joins, alternately by id and by answers.
            const first = follow(client, { answers: numbered(number) }, ({ reportId }) => {
              const variables: FollowVariables =
                laters.length % 2 === 0 ? { id: reportId } : { answers: numbered(number) };
              laters.push(follow(client, variables));
            });
            await first.ended;
            await Promise.all(laters.map(({ ended }) => ended));
            await client.dispose();

            const about = JSON.stringify(plan);
            expect(faultsOf(first.events, BOTH, first.completions), about).toEqual([]);
            expect(first.errors, about).toEqual([]);
            for (const type of BOTH) {
              const end = first.events.findLast((event) => event.type === type);
              expect(end?.status, about).toBe('READY');
              expect(end?.attempt, about).toBe(plan.steps[type].length + 1);
              expect(end?.failure, about).toBeNull();
            }
            // The snapshot of both types, PENDING of both, then one event per response.
            expect(first.events, about).toHaveLength(4 + plan.order.length);
            expect(laters, about).toHaveLength(first.events.length);
            for (const later of laters) {
              expect(faultsOf(later.events, BOTH, later.completions), about).toEqual([]);
              expect(faultsOfJoining(first.events, later.events, BOTH), about).toEqual([]);
              expect(later.errors, about).toEqual([]);
            }
          }),
        ),
      );
      expect(upstream.count('submit')).toBe(plans.length);
      expect(upstream.bought()).toBe(2 * plans.length);
      expect(upstream.polls()).toHaveLength(plans.reduce((sum, { order }) => sum + order.length, 0));
      expect(
        (await server.run<{ usage: object }, object>('{ usage { submitted uncertain recovered } }')).data?.usage,
      ).toEqual({
        submitted: 2 * plans.length,
        uncertain: 0,
        recovered: 0,
      });
    },
  );
});

/** The poll responses of each link; each is held until all before it in the plan's order have been sent. */
function scriptOf({ steps, ends, order }: Plan): Record<ReportType, Step[]> {
  const answers: Record<ReportType, Step[]> = {
    PAY: [...steps.PAY.map((name) => STEPS[name]()), ENDS[ends.PAY]()],
    YOE: [...steps.YOE.map((name) => STEPS[name]()), ENDS[ends.YOE]()],
  };
  const script: Record<ReportType, Step[]> = { PAY: [], YOE: [] };
  let before = Promise.resolve();
  for (const type of order) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const [answer, turn] = [answers[type][script[type].length], before];
    if (!answer) throw new Error('The order has more answers than there are.');
    script[type].push(async () => {
      await turn;
      // After the response was sent. Those on other connections may still overtake it, which is fine.
      setTimeout(resolve, 2);
      return answer;
    });
    before = promise;
  }
  return script;
}
