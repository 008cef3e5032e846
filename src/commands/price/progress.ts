import { printable } from '../../lib/printable.js';

/** Tells people how far something is. */
export interface Progress {
  /** Begins a part of the work. `total`: null if it is told as a part of one. */
  begin(label: string, total: number | null): void;
  /** How much of it is done: of the total, or 0 to 1. */
  at(done: number): void;
  /** Why nothing happens at the moment. */
  waits(reason: string, ms: number): void;
  end(): void;
}

const DRAW_EVERY_MS = 100;
const LINE_EVERY_MS = 10_000;
const BAR = 24;
const SHORTEST_BAR = 5;
/** Of a terminal that does not say how wide it is. */
const UNKNOWN_WIDTH = 80;
/** Before that, nobody can tell how long it takes. */
const TELLING_MS = 3_000;

/** A bar that is drawn again and again on a terminal; elsewhere a line now and then. */
export function createProgress(output: NodeJS.WriteStream, now: () => number = () => performance.now()): Progress {
  let label = '';
  let total: number | null = null;
  let startedAt = 0;
  let shownAt = -Infinity;
  let done = 0;
  let shown = '';
  let waiting: { readonly reason: string; readonly until: number } | null = null;

  function show(isLast: boolean): void {
    const every = output.isTTY ? DRAW_EVERY_MS : LINE_EVERY_MS;
    if (!isLast && now() - shownAt < every) return;
    shownAt = now();
    const line = lineOf(isLast);
    const isNew = line !== shown;
    shown = line;
    if (output.isTTY) output.write(`\r${line.slice(0, width())}\u001b[K${isLast ? '\n' : ''}`);
    else if (isNew) output.write(`${line}\n`);
  }

  function lineOf(isLast: boolean): string {
    const part = total === null ? done : total === 0 ? 1 : done / total;
    const count = total === null ? '' : ` ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`;
    const elapsed = now() - startedAt;
    const left =
      part > 0 && part < 1 && elapsed > TELLING_MS ? `, ${duration((elapsed / part) * (1 - part))} left` : '';
    const wait =
      !isLast && waiting && waiting.until > now()
        ? ` (waiting ${duration(waiting.until - now())}: ${waiting.reason})`
        : '';
    const figures = `${count}${left}`;
    return `${label}${barOf(part, width() - `${label} [] 100 %${figures}`.length)} ${Math.floor(part * 100)} %${figures}${wait}`;
  }

  /** Where there is room for one. */
  function barOf(part: number, room: number): string {
    const length = Math.min(BAR, room);
    if (!output.isTTY || length < SHORTEST_BAR) return '';
    const filled = Math.round(part * length);
    return ` [${'#'.repeat(filled)}${'·'.repeat(length - filled)}]`;
  }

  /** In the last column some terminals begin another line. */
  function width(): number {
    return (output.columns || UNKNOWN_WIDTH) - 1;
  }

  return {
    begin(nextLabel, nextTotal) {
      [label, total, done, startedAt, shownAt, waiting] = [nextLabel, nextTotal, 0, now(), now(), null];
    },
    at(nowDone) {
      done = nowDone;
      show(false);
    },
    waits(reason, ms) {
      waiting = { reason: printable(reason).replace(/\s+/g, ' '), until: now() + ms };
      show(false);
    },
    end: () => show(true),
  };
}

/** As people say it: `40 s`, `12 min`, `3 h 5 min`. */
function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
