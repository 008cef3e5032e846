import { randomUUID } from 'node:crypto';
import { digest } from '../hash.js';
import type { LinkedReport } from '../links.js';
import type { UsageSettings } from './settings.js';

/** An accepted report, as the usage log knows it. */
export interface LoggedReport {
  /** REPORTID. */
  id: string;
  /** How many had been accepted when it was, with it. */
  number: number;
  report: LinkedReport;
  /** The body of the POST. */
  request: string;
  rating: number;
  /** Milliseconds since 1970. */
  acceptedAt: number;
  deliveredAt: number | null;
  /** A digest of the link's last part that encodes it. */
  link: string;
}

/** A row that is in the log. */
export interface UsageRow extends LoggedReport {
  recordedAt: number;
  successful: boolean;
}

const KEPT = 200_000;

/** The accepted reports, of which the settings say how the log tells; in memory, the latest 200,000. */
export class UsageBoard {
  readonly #reports = new Map<string, LoggedReport>();
  readonly #byLink = new Map<string, LoggedReport>();
  #accepted = 0;

  /** @returns the REPORTID. */
  accepted(given: Omit<LoggedReport, 'id' | 'number' | 'deliveredAt'>): string {
    const id = randomUUID();
    const logged = { ...given, link: digest(given.link), id, number: (this.#accepted += 1), deliveredAt: null };
    this.#reports.set(id, logged);
    this.#byLink.set(logged.link, logged);
    for (const oldest of this.#reports.values()) {
      if (this.#reports.size <= KEPT) break;
      this.#reports.delete(oldest.id);
      this.#byLink.delete(oldest.link);
    }
    return id;
  }

  /** @returns the report with this REPORTID; null if there is none. */
  find(id: string): LoggedReport | null {
    return this.#reports.get(id) ?? null;
  }

  /** @param link the last part of its link. */
  delivered(link: string, now: number): void {
    const report = this.#reports.get(link) ?? this.#byLink.get(digest(link));
    if (report) report.deliveredAt ??= now;
  }

  /** @returns the rows that are in the log by now, oldest first. */
  rows(settings: UsageSettings, now: number): UsageRow[] {
    const rows: UsageRow[] = [];
    for (const report of this.#reports.values()) {
      const recordedAt = settings.recorded === 'delivery' ? report.deliveredAt : report.acceptedAt;
      if (recordedAt === null || recordedAt + settings.delayMs > now || isNth(report, settings.missingEvery)) continue;
      rows.push({ ...report, recordedAt, successful: !isNth(report, settings.unsuccessfulEvery) });
    }
    return rows.sort((a, b) => a.recordedAt - b.recordedAt);
  }

  /** @returns every report, whether the log has it or not. */
  all(): LoggedReport[] {
    return [...this.#reports.values()];
  }
}

export function isNth({ number }: Pick<LoggedReport, 'number'>, every: number): boolean {
  return every > 0 && number % every === 0;
}
