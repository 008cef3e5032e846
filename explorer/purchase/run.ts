import type { Api, Result } from '../api/api.ts';
import type { Problem } from '../api/problem.ts';
import {
  BuyAgainDocument,
  BuyDocument,
  FollowDocument,
  LookDocument,
  type ExperienceFragment,
  type PayFragment,
  type ReportStatus,
  type ReportType,
} from '../generated/operations.ts';
import { statusOf } from './plan.ts';
import { isPassing } from './remedies.ts';
import type { Target } from './targets.ts';

/** What is known of one report. */
export interface ReportState {
  readonly status: ReportStatus;
  /** Why it has failed, or was not bought; null: it did not, and was. */
  readonly problem: Problem | null;
  /** How often the server has asked for it. */
  readonly attempt: number;
  /** Until when it is shown without a purchase; null: it has not come. */
  readonly expiresAt: string | null;
}

/** What is known of the reports of one target. */
export interface TargetState {
  readonly target: Target;
  readonly id: string | null;
  readonly pay: PayFragment | null;
  readonly yoe: ExperienceFragment | null;
  readonly reports: Partial<Readonly<Record<ReportType, ReportState>>>;
  /** Whether the server could not be asked the last time. It is asked again. */
  readonly isAway: boolean;
}

/** What is done before a target is looked at. */
export type Deed =
  | { readonly kind: 'look' }
  | { readonly kind: 'buy'; readonly types: readonly ReportType[] }
  /** For what has failed, which costs nothing: what is not to be had any more is not bought. */
  | { readonly kind: 'ask-again'; readonly types: readonly ReportType[] }
  | { readonly kind: 'buy-again'; readonly id: string; readonly type: ReportType; readonly since: string };

/** How often it is looked at where events do not get through. */
const LOOK_AGAIN_MS = 2_000;

/** For how long events alone are relied on: a socket may be cut without a word. */
const FOLLOWED_MS = 30_000;

const KEYS = { PAY: 'pay', YOE: 'yoe' } as const;

export function unseen(target: Target): TargetState {
  return { target, id: null, pay: null, yoe: null, reports: {}, isAway: false };
}

/** Does what is to be done, then follows the reports until each has come or failed. Tells of every change. */
export async function run(
  api: Api,
  target: Target,
  deed: Deed,
  onChange: (state: TargetState) => void,
  signal: AbortSignal,
): Promise<void> {
  const refusals = await perform(api, target, deed, signal);
  let state = await look(api, unseen(target), signal, refusals);
  onChange(state);
  const follow = async (ended: AbortSignal): Promise<void> => {
    const variables = { answers: target.answers, types: underWay(state) };
    for await (const event of api.follow(FollowDocument, variables, ended)) {
      const told = event.data?.reportStatus;
      if (!told) continue;
      const { type, status, attempt, failure } = told;
      const report = { status, attempt, problem: status === 'FAILED' ? failure : null, expiresAt: null };
      state = { ...state, reports: { ...state.reports, [type]: report } };
      const final = status === 'READY' || status === 'FAILED';
      // The figures, or the values that upstream suggests instead.
      if (final) state = await look(api, state, signal);
      onChange(state);
    }
  };
  while ((underWay(state).length > 0 || state.isAway) && !signal.aborted) {
    if (!state.isAway) {
      // Where something in between lets no sockets through, it is looked at.
      await within(FOLLOWED_MS, signal, follow).catch(() => undefined);
      if (signal.aborted || underWay(state).length === 0) continue;
    }
    await pause(LOOK_AGAIN_MS, signal);
    if (signal.aborted) return;
    state = await look(api, state, signal, refusals);
    onChange(state);
  }
}

/** Rejects with the signal's reason alone. */
async function perform(api: Api, target: Target, deed: Deed, signal: AbortSignal): Promise<readonly Problem[]> {
  if (deed.kind === 'buy' && deed.types.length > 0) {
    return (await api.request(BuyDocument, { answers: target.answers, types: [...deed.types] }, signal)).problems;
  }
  if (deed.kind === 'ask-again') {
    // A failure is forgotten after a while, and then it would be bought.
    const { reports } = await look(api, unseen(target), signal);
    const types = deed.types.filter((type) => reports[type]?.status === 'FAILED');
    return perform(api, target, { kind: 'buy', types }, signal);
  }
  if (deed.kind === 'buy-again') {
    const { id, type, since } = deed;
    return (await api.request(BuyAgainDocument, { id, types: [type], since }, signal)).problems;
  }
  return [];
}

/** `refusals`: why nothing was bought just now. */
async function look(
  api: Api,
  before: TargetState,
  signal: AbortSignal,
  refusals: readonly Problem[] = [],
): Promise<TargetState> {
  const { answers, types } = before.target;
  const { data, problems }: Result<{ report: Looked | null }> = await api.request(
    LookDocument,
    { answers, yoe: types.includes('YOE') },
    signal,
  );
  const report = data?.report;
  if (!report) {
    const [problem = null] = problems;
    const reports = Object.fromEntries(types.map((type) => [type, failedAs(problem)]));
    return { ...before, reports, isAway: problem !== null && isPassing(problem) };
  }
  const state = (type: ReportType): ReportState => {
    const status = statusOf(report.status, type);
    const own = problems.find(({ code, path }) => path?.at(-1) === KEYS[type] && code !== 'REPORT_NOT_READY');
    const known = before.reports[type];
    // What was given up before it was bought is not requested any more, and the event alone has said why. That the server could
    // not be reached is over.
    const refusal = refusals.find(({ code }) => code !== 'UNREACHABLE') ?? (before.isAway ? null : known?.problem);
    const told = status === 'NOT_REQUESTED' ? (refusal ?? null) : null;
    const expiresAt = type === 'PAY' ? report.payExpiresAt : report.yoeExpiresAt;
    return { status, problem: own ?? told, attempt: known?.attempt ?? 0, expiresAt };
  };
  return {
    target: before.target,
    id: report.id,
    pay: report.pay ?? null,
    yoe: report.yoe ?? null,
    reports: Object.fromEntries(types.map((type) => [type, state(type)])),
    isAway: false,
  };
}

interface Looked {
  readonly id: string;
  readonly status: { readonly pay: ReportStatus; readonly yoe: ReportStatus };
  readonly pay: PayFragment | null;
  readonly yoe?: ExperienceFragment | null;
  readonly payExpiresAt: string | null;
  readonly yoeExpiresAt: string | null;
}

function failedAs(problem: Problem | null): ReportState {
  return { status: 'NOT_REQUESTED', problem, attempt: 0, expiresAt: null };
}

function underWay({ reports }: TargetState): ReportType[] {
  const types = Object.keys(reports) as ReportType[];
  return types.filter((type) => ['SUBMITTING', 'PENDING'].includes(reports[type]?.status ?? ''));
}

/** With a signal that is aborted after this time, or with the one that is given. */
async function within(ms: number, signal: AbortSignal, act: (ended: AbortSignal) => Promise<void>): Promise<void> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const timer = setTimeout(end, ms);
  signal.addEventListener('abort', end, { once: true });
  try {
    await act(ended.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
