import { vi } from 'vitest';

/**
 * Resolves as soon as `look` no longer throws, and throws what it threw last after 30 seconds: long enough for a machine
 * that stalls for seconds, and never long for one that does not.
 */
export const eventually = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 30_000, interval: 20 });
