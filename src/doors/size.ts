import type { Problem } from './problem.js';

/** The largest request that is served: the body of a POST, or a frame of a WebSocket. */
const LARGEST_BYTES = 256 * 1024;

/**
 * What is larger than `LARGEST_BYTES` is read up to here, so that its sender can be told and its connection goes on; what is
 * larger than this ends the connection.
 */
export const LARGEST_READ_BYTES = 1024 * 1024;

export const TOO_LARGE: Problem = {
  status: 413,
  code: 'OPERATION_TOO_LARGE',
  message: `A request must be at most ${LARGEST_BYTES} bytes large.`,
  limit: LARGEST_BYTES,
};

export function isTooLarge(bytes: number): boolean {
  return bytes > LARGEST_BYTES;
}
