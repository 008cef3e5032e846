import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { WireAnswers, WireReportKey } from '../../../src/contract/wire.ts';
import { nameOfLink, pathOfLink } from './routes.ts';
import {
  answersKey,
  EARLY_POLL_SLACK_MS,
  type Purchase,
  type RecordedRequest,
  type Submission,
  type UpstreamOptions,
} from './types.ts';

export interface Link {
  /** Absent if this link was never issued. */
  report?: WireReportKey;
  answers?: WireAnswers;
  /** When it can be collected, as `performance.now()`; absent without the option `reportTakesMs`. */
  readyAt?: number;
  /** 202 responses so far. */
  pending: number;
  /** Polls before this time are early. */
  notBefore: number;
  /** Polls in progress. */
  readonly open: Set<OpenPoll>;
}

interface OpenPoll {
  /** Whether the client disconnected before the response was complete. */
  readonly dropped: () => boolean;
}

/** More turns of the event loop than a closed connection needs to be noticed. */
const TURNS_TO_NOTICE = 10;

/** The addresses of the reports that one submission bought. */
export interface Links {
  Self: string;
  PayReport?: string;
  YearsExperienceReport?: string;
}

/** The upstream's state, which survives `stop()`. */
export class Memory {
  readonly requests: RecordedRequest[] = [];
  readonly violations: string[] = [];
  readonly purchases: Purchase[] = [];
  readonly redirects = new Set<string>();
  tokensIssued = 0;
  maxOpenPollsPerLink = 0;
  origin = '';

  readonly options: UpstreamOptions;
  readonly #tokens = new Map<string, { until: number }>();
  readonly #links = new Map<string, Link>();
  readonly #bought = new WeakMap<RecordedRequest, Links>();
  #submissions = 0;

  constructor(options: UpstreamOptions) {
    this.options = options;
  }

  issueToken(): string {
    const token = `access-token-${++this.tokensIssued}`;
    this.#tokens.set(token, { until: performance.now() + this.options.tokenLifeMs });
    return token;
  }

  revokeTokens(): void {
    for (const token of this.#tokens.values()) token.until = -Infinity;
  }

  tokenIs(token: string): 'good' | 'over' | 'unknown' {
    const found = this.#tokens.get(token);
    if (!found) return 'unknown';
    return performance.now() < found.until ? 'good' : 'over';
  }

  /** Accepts a POST, once however often it is called, and returns the links of the reports. */
  accept(request: RecordedRequest): Links {
    const before = this.#bought.get(request);
    if (before) return before;
    const { requestedReports, answers } = request.body as Submission;
    const id = `r${++this.#submissions}`;
    const links: Links = { Self: this.origin + pathOfLink(id, this.#version('pay')) };
    for (const type of requestedReports) {
      const link = nameOfLink(id, type);
      this.purchases.push({ type, answers, answersKey: answersKey(answers), at: performance.now(), link });
      links[type === 'pay' ? 'PayReport' : 'YearsExperienceReport'] = this.issueLink(type, id, answers);
    }
    this.#bought.set(request, links);
    return links;
  }

  /** Creates a link and returns its URL. */
  issueLink(report: WireReportKey, submission = `r${++this.#submissions}`, answers?: WireAnswers): string {
    const name = nameOfLink(submission, report);
    const { reportTakesMs } = this.options;
    const readyAt = reportTakesMs && answers ? { readyAt: performance.now() + reportTakesMs(answers) } : {};
    Object.assign(this.link(name), { report, answers, ...readyAt });
    return this.origin + pathOfLink(name, this.#version(report));
  }

  /** The state of a link, also of one that was never issued. */
  link(name: string): Link {
    let link = this.#links.get(name);
    if (!link) this.#links.set(name, (link = { pending: 0, notBefore: -Infinity, open: new Set() }));
    return link;
  }

  /** Counts an open poll. Returns a function for its timing violations, and an idempotent one that ends the count. */
  openPoll(link: Link, at: number, dropped: () => boolean): { faults: () => Promise<string[]>; close: () => void } {
    const early = link.notBefore - at;
    const poll = { dropped };
    let others = [...link.open];
    link.open.add(poll);
    const faults = async () => {
      // After a pause of this process, a poll may be read just before the end of the connection of the one before it.
      for (let turn = 0; turn < TURNS_TO_NOTICE && others.length > 0; turn++) {
        await setImmediate();
        others = others.filter((other) => !other.dropped());
      }
      this.maxOpenPollsPerLink = Math.max(this.maxOpenPollsPerLink, 1 + others.length);
      return [
        ...(early > EARLY_POLL_SLACK_MS
          ? [`polled ${early.toFixed(1)} ms before RetryAfterMilliseconds was over`]
          : []),
        ...(others.length > 0 ? ['polled while another poll of the same link was open'] : []),
      ];
    };
    return { faults, close: () => void link.open.delete(poll) };
  }

  /** Records a 202, so that an early poll can be detected. Invalid hints are ignored. */
  notePending(link: Link, hint: unknown): void {
    link.pending += 1;
    const binding = typeof hint === 'number' && hint > 0 && hint <= this.options.longestHintMs;
    link.notBefore = binding ? performance.now() + hint : -Infinity;
  }

  #version(report: WireReportKey): 'v1' | 'v2' {
    const { linkVersion } = this.options;
    if (linkVersion !== 'mixed') return linkVersion;
    return report === 'pay' ? 'v1' : 'v2';
  }
}
