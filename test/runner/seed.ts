import { execFileSync } from 'node:child_process';

/**
 * The seed of property-based tests. It follows from the commit's content: each change is tried with other examples, and what
 * has passed once passes again. FAST_CHECK_SEED replaces it.
 */
export function seed(): string {
  if (process.env['FAST_CHECK_SEED']) return process.env['FAST_CHECK_SEED'];
  try {
    const tree = execFileSync('git', ['rev-parse', 'HEAD^{tree}'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return String(Number.parseInt(tree.slice(0, 7), 16));
  } catch {
    // A copy without its history, or a machine without Git.
    return '1';
  }
}
