import type { ReportKey, ReportType } from '../../model/report.js';
import { presentReport, sameReport, type FormerIds, type SameReport } from './former-ids.js';
import type { Entry } from './ledger.js';
import type { CollectionKey, Ledger, ReportRecord, UncertainRecord } from './ports.js';
import type { PurchaseRecord } from './sent-purchases.js';
import type { Transition } from './transition.js';

export interface FormerIdsLedger {
  readonly ledger: Ledger;
  /** Finds out which stored reports are one. To be called once, before the ledger is used. */
  load(): Promise<void>;
}

/**
 * In front of a ledger: reports that were stored under several ids, but are one report today, have one entry of each type
 * under all of these ids. Nothing is rewritten, so that an older release finds what it stored. `expiryTime`: by when they
 * expire, epoch ms.
 */
export function withFormerIds(stored: Ledger, expiryTime: () => number = Date.now): FormerIdsLedger {
  let formerIds: FormerIds = new Map();
  /** What does not count, and may be uncertain. */
  let uncounted: readonly CollectionKey[] = [];
  const storedSteps = new WeakMap<Transition, Transition>();

  /** The id that has the entry. */
  function storedId(id: string, type: ReportType): string {
    return verbatimId(id) ?? formerIds.get(id)?.stored[type] ?? id;
  }

  async function entriesOf(id: string, { stored: ids }: SameReport): Promise<Entry[]> {
    const types = Object.keys(ids) as ReportType[];
    const records = new Map(
      await Promise.all([...new Set(Object.values(ids))].map(async (of) => [of, await stored.read(of)] as const)),
    );
    return types
      .map((type) => records.get(ids[type])?.entries.find((entry) => entry.type === type))
      .filter((entry) => entry !== undefined)
      .map((entry) => named(entry, id));
  }

  async function read(id: string): Promise<ReportRecord | null> {
    const verbatim = verbatimId(id);
    const same = formerIds.get(id);
    if (verbatim !== null) return withId(await stored.read(verbatim), id);
    if (!same) return stored.read(id);
    return { id, request: same.report.request, entries: await entriesOf(id, same) };
  }

  async function countUncounted(): Promise<number> {
    const entries = await Promise.all(
      uncounted.map(async ({ id, type }) => (await stored.read(id))?.entries.find((entry) => entry.type === type)),
    );
    return entries.filter((entry) => entry?.state === 'UNCERTAIN').length;
  }

  const toStored = (entry: Entry): Entry => named(entry, storedId(entry.reportId, entry.type));

  /** The same object for the same transition, by which the ledger recognizes it. */
  function storedStep(step: Transition): Transition {
    const present = storedSteps.get(step);
    if (present) return present;
    const made = { ...step, before: toStored(step.before), after: toStored(step.after) };
    storedSteps.set(step, made);
    return made;
  }

  /** The record with the id by which the entry of its purchase is read. */
  function asReadable(record: PurchaseRecord): PurchaseRecord {
    const { reportId, type } = record;
    const same = formerIds.get(reportId);
    if (!same) return record;
    return { ...record, reportId: same.stored[type] === reportId ? same.report.id : exactly(reportId) };
  }

  const ledger: Ledger = {
    ...stored,
    read,

    async commit(report, transitions) {
      if (!formerIds.has(report.id) && verbatimId(report.id) === null) return stored.commit(report, transitions);
      const committed = [];
      // Entries of one report may be stored under two ids; each is atomic.
      for (const step of transitions) {
        const id = storedId(step.before.reportId, step.before.type);
        committed.push(...(await stored.commit({ id, request: report.request }, [storedStep(step)])));
      }
      return committed.map(({ entry, ...rest }) => ({ ...rest, entry: named(entry, report.id) }));
    },

    async commitAs(report, claims, alias) {
      const [id = report.id, ...others] = new Set(
        Object.values(formerIds.get(report.id)?.stored ?? { PAY: report.id }),
      );
      // Several reports of earlier releases, or one whose own id is not that of its answers: these stand for themselves.
      if (others.length > 0 || formerIds.has(alias.report.id) || verbatimId(report.id) !== null)
        return { committed: claims.map(({ before }) => ({ won: false, entry: before })), aliases: null };
      if (id === report.id) return stored.commitAs(report, claims, alias);
      const steps = claims.map(storedStep);
      const storedAlias = { ...alias, steps: alias.steps.map((step) => standingFor(step, id)) };
      const { committed, ...rest } = await stored.commitAs({ id, request: report.request }, steps, storedAlias);
      return { ...rest, committed: committed.map((each) => ({ ...each, entry: named(each.entry, report.id) })) };
    },

    progress: (entry) => stored.progress(named(entry, storedId(entry.reportId, entry.type))),
    body: (entry) => stored.body(named(entry, storedId(entry.reportId, entry.type))),

    // The others keep the ids that they are stored under, which stay valid.
    othersWithLink: (link, { id, type }) => stored.othersWithLink(link, { id: storedId(id, type), type }),

    // What stands under several ids is read, and claimed, by all of them.
    prune: (expiredBefore, refusedBefore) => stored.prune(expiredBefore, refusedBefore, (id) => formerIds.has(id)),

    uncertainCount: async () => (await stored.uncertainCount()) - (await countUncounted()),

    async uncertain(after, most) {
      const { total, records, ...page } = await stored.uncertain(after, most);
      const counting = records.flatMap((record) => asPresent(record, formerIds.get(record.report.id)));
      return { ...page, total: total - (await countUncounted()), records: counting };
    },

    async adopt(limit, driven) {
      const ids = driven.flatMap((id) => verbatimId(id) ?? Object.values(formerIds.get(id)?.stored ?? { PAY: id }));
      return (await stored.adopt(limit, ids)).flatMap((record) => partsOf(record, formerIds.get(record.id)));
    },

    purchases: {
      ...stored.purchases,
      between: async (...page) => (await stored.purchases.between(...page)).map(asReadable),
      sought: async (...page) => (await stored.purchases.sought(...page)).map(asReadable),
      withIds: async (ids) => (await stored.purchases.withIds(ids)).map(asReadable),
    },

    async subscribe(id, listener) {
      const same = formerIds.get(id);
      if (!same) return stored.subscribe(id, listener);
      const ids = [...new Set(Object.values(same.stored))];
      const unsubscribes = await Promise.all(
        ids.map((of) =>
          stored.subscribe(of, (entry) => {
            if (same.stored[entry.type] === of) listener(named(entry, id));
          }),
        ),
      );
      return () => unsubscribes.forEach((unsubscribe) => unsubscribe());
    },
  };

  return {
    ledger,
    async load() {
      formerIds = await findFormerIds(stored, expiryTime());
      uncounted = await findUncounted(stored, formerIds);
    },
  };
}

async function findFormerIds(stored: Ledger, now: number): Promise<FormerIds> {
  const groups = new Map<string, { readonly report: ReportKey; readonly ids: Set<string> }>();
  for (const report of await stored.unusualRequests()) {
    const present = presentReport(report);
    if (present.id === report.id) continue;
    const group = groups.get(present.id) ?? { report: present, ids: new Set([present.id]) };
    groups.set(present.id, group);
    group.ids.add(report.id);
  }
  const formerIds = new Map<string, SameReport>();
  for (const { report, ids } of groups.values()) {
    const records = (await Promise.all([...ids].map((id) => stored.read(id)))).filter((record) => record !== null);
    const same = sameReport(report, records, now);
    for (const id of ids) formerIds.set(id, same);
  }
  return formerIds;
}

/** Of the reports that are stored under several ids, the entries that do not count and are uncertain, or become so at the start. */
async function findUncounted(stored: Ledger, formerIds: FormerIds): Promise<readonly CollectionKey[]> {
  const found = await Promise.all(
    [...formerIds].map(async ([id, same]) => {
      const entries = (await stored.read(id))?.entries ?? [];
      return entries.filter(({ type, state }) => same.stored[type] !== id && ['UNCERTAIN', 'SENDING'].includes(state));
    }),
  );
  return found.flat().map(({ reportId, type }) => ({ id: reportId, type }));
}

/** As its report is asked for now; none if its entry does not count, since nobody could settle it. */
function asPresent(record: UncertainRecord, same: SameReport | undefined): readonly UncertainRecord[] {
  if (!same) return [record];
  const { report, entry } = record;
  if (same.stored[entry.type] !== report.id) return [];
  return [{ ...record, report: same.report, entry: named(entry, same.report.id) }];
}

/** The unfinished entries that count, under the present id, and the others, which are finished where they are stored. */
function partsOf(record: ReportRecord, same: SameReport | undefined): readonly ReportRecord[] {
  if (!same) return [record];
  const { report } = same;
  const counting = record.entries.filter(({ type }) => same.stored[type] === record.id);
  // Another one was not sent and must not be: its report is the one that counts.
  const others = record.entries.filter((entry) => !counting.includes(entry) && entry.state !== 'INTENT');
  const exact = exactly(record.id);
  return [
    { ...report, entries: counting.map((entry) => named(entry, report.id)) },
    { id: exact, request: report.request, entries: others.map((entry) => named(entry, exact)) },
  ].filter(({ entries }) => entries.length > 0);
}

/** No id of a report begins with this. */
const EXACTLY = '=';

/** Names what is stored under this id, whichever report counts. Only this process uses it. */
function exactly(id: string): string {
  return EXACTLY + id;
}

function verbatimId(id: string): string | null {
  return id.startsWith(EXACTLY) ? id.slice(EXACTLY.length) : null;
}

function withId(record: ReportRecord | null, id: string): ReportRecord | null {
  return record && { ...record, id, entries: record.entries.map((entry) => named(entry, id)) };
}

function standingFor(step: Transition, standsFor: string): Transition {
  return step.after.state === 'ALIAS' ? { ...step, after: { ...step.after, standsFor } } : step;
}

function named<E extends Entry>(entry: E, reportId: string): E {
  return { ...entry, reportId };
}
