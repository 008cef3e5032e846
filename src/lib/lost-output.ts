/**
 * What this process prints may be lost from here on. Whoever reads it may have had enough, as `head` has: what is being done is done to
 * its end. Anything else, such as a full disk, is said, and the process exits with `exitCode`.
 */
export function allowLostOutput(name: string, exitCode = 1): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || process.exitCode === exitCode) return;
    process.stderr.write(`${name}: what it prints cannot be written: ${message}\n`);
    process.exitCode = exitCode;
  });
}
