import type { Mutant } from './mutants.ts';

/** A mutant that does what the original does, as far as anybody can tell. Found by its line, so that code may move. */
interface Equivalence extends Pick<Mutant, 'file' | 'replacement'> {
  /** The line of the source, without its indentation. */
  readonly context: string;
  readonly reason: string;
}

const EQUIVALENCES: readonly Equivalence[] = [
  {
    file: 'src/datasources/jobalyzer/response-body.ts',
    context: String.raw`if (!/^\s*\{/.test(text)) return false;`,
    replacement: 'return undefined;',
    reason: 'callers only ask whether it is true',
  },
  {
    file: 'src/graphql/layers/share-events.ts',
    context: 'clearing = true;',
    replacement: ';',
    reason: 'the turn is then cleared several times at its end, which changes nothing',
  },
  {
    file: 'src/datasources/jobalyzer/token-failures.ts',
    context: 'const leftMs = latest ? Math.ceil(latest.until - now()) : 0;',
    replacement: '(0 + 1)',
    reason: 'without a failure it is not looked at',
  },
  {
    file: 'src/datasources/jobalyzer/token-failures.ts',
    context: 'return Math.max(own, Math.min(retryAfterMs ?? 0, LONGEST_MEMORY_MS));',
    replacement: '(retryAfterMs)',
    reason: 'null counts as 0',
  },
  {
    file: 'src/datasources/jobalyzer/token-failures.ts',
    context: 'return Math.max(own, Math.min(retryAfterMs ?? 0, LONGEST_MEMORY_MS));',
    replacement: '(0 + 1)',
    reason: 'every pause is longer',
  },
  {
    file: 'src/datasources/jobalyzer/retry.ts',
    context: 'return Math.max(Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS), backoff(attempt));',
    replacement: '(retryAfterMs)',
    reason: 'null counts as 0',
  },
  {
    file: 'src/datasources/jobalyzer/retry.ts',
    context: 'return ms !== null && Number.isFinite(ms) && ms > 0 ? Math.min(Math.ceil(ms), longest) : 0;',
    replacement: '(ms >= 0)',
    reason: '0 is 0 either way',
  },
  {
    file: 'src/datasources/jobalyzer/retry.ts',
    context: 'return Math.min(LONGEST_RETRY_AFTER_MS * 2 ** Math.min(attempt, 6), LONGEST_LARGE_BODY_MS);',
    replacement: '(6 + 1)',
    reason: 'the sixth doubling is beyond the longest delay already',
  },
  {
    file: 'src/datasources/reports/loader.ts',
    context: 'const purchases = new DataLoader<Ask, Purchased>((asks) => ensureAll(service, asks), { cache: false });',
    replacement: 'true',
    reason: 'every load has a key of its own, so that the cache is never hit',
  },
  {
    file: 'src/datasources/reports/loader.ts',
    context: 'if (!first) return;',
    replacement: 'false',
    reason: 'a group has at least one element',
  },
  {
    file: 'src/datasources/reports/loader.ts',
    context: "return asks.map((ask) => outcomes.get(ask) ?? new Error('A load was left without an outcome.'));",
    replacement: '(outcomes.get(ask))',
    reason: 'every load has an outcome',
  },
  {
    file: 'src/datasources/reports/ledger.ts',
    context: "if (!('expiresAt' in entry)) return false;",
    replacement: 'false',
    reason: 'no comparison with a missing time is true',
  },
  {
    file: 'src/datasources/reports/purchase-breaker.ts',
    context: 'pauses += 1;',
    replacement: 'pauses -= 1',
    reason: 'it is only compared for equality',
  },
  {
    file: 'src/datasources/jobalyzer/client.ts',
    context: "closing.abort(new Error('The client was closed.'));",
    replacement: ';',
    reason: 'destroying the pool ends the request for a token as well',
  },
  {
    file: 'src/datasources/jobalyzer/lookup-response.ts',
    context:
      "return { kind: 'fault', error, again: mayPass && (retryAfterMs ?? 0) <= LONGEST_TOKEN_WAIT_MS, retryAfterMs };",
    replacement: '(0 + 1)',
    reason: 'it is below the limit, too',
  },
  {
    file: 'src/datasources/jobalyzer/lookup-response.ts',
    context:
      "return { kind: 'fault', error, again: mayPass && (retryAfterMs ?? 0) <= LONGEST_TOKEN_WAIT_MS, retryAfterMs };",
    replacement: "''",
    reason: 'callers only ask whether it was found',
  },
  {
    file: 'src/datasources/reports/claim.ts',
    context: 'const lost = committed.filter(({ won }) => !won).map(({ entry }) => entry);',
    replacement: 'committed',
    reason: 'nothing was won, so all of them are lost',
  },
  {
    file: 'src/datasources/reports/claim.ts',
    context: "reportId: entries[0]?.reportId ?? '',",
    replacement: "'mutant'",
    reason: 'there is at least one entry',
  },
  {
    file: 'src/datasources/reports/wait.ts',
    context: 'return nextPollAt === null ? 0 : Math.min(nextPollAt - Date.now(), nextPollAt - at);',
    replacement: 'false',
    reason: 'either is less than the shortest delay',
  },
  {
    file: 'src/graphql/layers/share-events.ts',
    context: 'clearing = true;',
    replacement: 'false',
    reason: 'the turn is then cleared several times at its end, which changes nothing',
  },
  {
    file: 'src/graphql/documents.ts',
    context: '...(positions && { positions }),',
    replacement: '(positions || { positions })',
    reason: 'an option that is undefined is as good as none',
  },
  {
    file: 'src/datasources/jobalyzer/token.ts',
    context: 'let generation = 0;',
    replacement: '(0 + 1)',
    reason: 'generations are only compared with one another',
  },
  {
    file: 'src/datasources/jobalyzer/token-response.ts',
    context: "const saidMs = (body.number('expires_in') ?? 0) * 1000;",
    replacement: "(body.number('expires_in'))",
    reason: 'null is no more than 0',
  },
  {
    file: 'src/datasources/jobalyzer/report-shape.ts',
    context: "return { kind: 'nothing', wrapper: places[0]?.wrapper ?? null };",
    replacement: '(places[0]?.wrapper)',
    reason: 'the body itself is always one of the places',
  },
  {
    file: 'src/datasources/jobalyzer/connection-pool.ts',
    context: 'handler.onResponseStart?.(controller, status, headers, message);',
    replacement: '',
    reason: "undici's own handlers have all of these methods",
  },
  {
    file: 'src/datasources/jobalyzer/connection-pool.ts',
    context: 'handler.onResponseData?.(controller, chunk);',
    replacement: '',
    reason: "undici's own handlers have all of these methods",
  },
  {
    file: 'src/datasources/jobalyzer/connection-pool.ts',
    context: 'onResponseEnd: (...end) => handler.onResponseEnd?.(...end),',
    replacement: '',
    reason: "undici's own handlers have all of these methods",
  },
  {
    file: 'src/datasources/jobalyzer/connection-pool.ts',
    context: 'onResponseError: (...error) => handler.onResponseError?.(...error),',
    replacement: '',
    reason: "undici's own handlers have all of these methods",
  },
  {
    file: 'src/datasources/jobalyzer/connection-pool.ts',
    context: 'handler.onRequestStart?.(controller, context);',
    replacement: '',
    reason: "undici's own handlers have all of these methods",
  },
  {
    file: 'src/datasources/reports/collect-decisions.ts',
    context: "if (outcome.kind === 'refused') return faultDelay(null, entry.faults);",
    replacement: 'false',
    reason: 'the next branch has the same delay for a refusal',
  },
  {
    file: 'src/datasources/reports/collect-decisions.ts',
    context: "if (outcome.kind === 'refused') return faultDelay(null, entry.faults);",
    replacement: "''",
    reason: 'the next branch has the same delay for a refusal',
  },
  {
    file: 'src/datasources/jobalyzer/link.ts',
    context: "const { host, path = '', query = '' } = LINK.exec(given)?.groups ?? {};",
    replacement: "'mutant'",
    reason: 'the expression matches everything that was let through',
  },
  {
    file: 'src/graphql/documents.ts',
    context: '...(source && { source }),',
    replacement: '(source || { source })',
    reason: 'an option that is undefined is as good as none',
  },
];

export function equivalenceOf(mutant: Omit<Equivalence, 'reason'>): string | null {
  const found = EQUIVALENCES.find(
    ({ file, context, replacement }) =>
      file === mutant.file && context === mutant.context && replacement === mutant.replacement,
  );
  return found?.reason ?? null;
}
