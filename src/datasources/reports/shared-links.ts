import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { AnswerIssue } from '../../errors.js';
import type { WarningCode } from '../../model/warning-codes.js';
import type { Entry } from './ledger.js';
import type { Ledger } from './ports.js';

/** A warning for the report if another one has this link already: upstream may have mixed them up. Otherwise none. */
export type SharedLinks = (entry: Entry, link: string) => Promise<readonly AnswerIssue[]>;

/** More links than are being stored at any time. */
const RECENT_LINKS = 1_000;

const WARNING: AnswerIssue = {
  answerId: null,
  answerValue: null,
  message: 'Jobalyzer gave this report a link that another report has already: it may be about other answers.',
  code: 'LINK_SHARED' satisfies WarningCode,
};

export function createSharedLinks(ledger: Ledger, log: Logger): SharedLinks {
  /** Who was given a link first, since that may not be stored yet. */
  const recent = new LRUCache<string, string>({ max: RECENT_LINKS });

  return async ({ reportId, type }, link) => {
    const key = `${reportId}:${type}`;
    const first = recent.get(link) ?? key;
    recent.set(link, first);
    const others = (await ledger.othersWithLink(link, { id: reportId, type })).map(
      (other) => `${other.id}:${other.type}`,
    );
    if (first !== key && !others.includes(first)) others.push(first);
    if (others.length === 0) return [];
    log.warn({ reportId, type, others }, 'a report was given a link that another report has already');
    return [WARNING];
  };
}
