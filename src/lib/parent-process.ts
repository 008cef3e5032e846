const LOOK_EVERY_MS = 500;

/** Sends this process SIGTERM once the one that has started it is gone. Until then it keeps nothing running. */
export function endWithParent(): void {
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS).unref();
}
