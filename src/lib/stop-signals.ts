/** A second SIGINT sooner than this is the same Ctrl-C: npm passes on what the terminal has sent to the server, too. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Calls `stop` on SIGTERM, SIGINT (Ctrl-C) and SIGHUP (a terminal that is closed), and `stopAtOnce` when somebody at the
 * terminal presses Ctrl-C again. Other signals that follow change nothing.
 */
export function onStopSignals(stop: (signal: NodeJS.Signals) => void, stopAtOnce: () => void): void {
  let interruptedAt: number | undefined;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    // `on`, not `once`: otherwise a second signal would kill the process with purchases in flight.
    process.on(signal, () => {
      if (signal === 'SIGINT') {
        if (interruptedAt !== undefined && performance.now() - interruptedAt > SAME_SIGNAL_MS) return stopAtOnce();
        interruptedAt ??= performance.now();
      }
      stop(signal);
    });
  }
}
