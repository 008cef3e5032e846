import type { Logger } from 'pino';
import { ApiError } from '../../errors.js';
import type { Ledger, ReportRecord } from './ports.js';
import type { Purchases } from './purchases.js';

/** How often a process that is gone is looked for. */
const LOOK_EVERY_MS = 2_000;
/** Entries taken up at once; others may take up the rest meanwhile. */
const AT_ONCE = 100;

/**
 * Resumes everything that is unfinished, then goes on looking for what others leave, until the returned function is called.
 * Throws what the ledger throws at the start; later that is logged, and tried again.
 */
export async function startAdopting(
  ledger: Pick<Ledger, 'adopt'>,
  purchases: Pick<Purchases, 'resume' | 'driven'>,
  log: Logger,
): Promise<() => void> {
  /** What is odd about one report must not keep the others. */
  async function resumeOne(report: ReportRecord): Promise<void> {
    try {
      await purchases.resume(report);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      log.error({ err: error, reportId: report.id }, 'a report could not be resumed and is left as it is');
    }
  }

  async function adoptAll(): Promise<number> {
    for (let reports = 0; ;) {
      const found = await ledger.adopt(AT_ONCE, purchases.driven());
      if (found.length === 0) return reports;
      await Promise.all(found.map(resumeOne));
      reports += found.length;
    }
  }

  async function look(): Promise<void> {
    const reports = await adoptAll();
    if (reports > 0) log.info({ reports }, 'resumed unfinished reports');
  }

  await look();
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look()
      .catch((error: unknown) => log.warn({ err: error }, 'unfinished reports could not be looked for; will retry'))
      .finally(() => (looking = false));
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}
