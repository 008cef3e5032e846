import { close, constants, open } from 'node:fs';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { onAbort } from '../../lib/on-abort.js';

const AGAIN_MS = 10;

/**
 * Opens a named pipe, as soon as somebody writes to it. Not as a file is read: a thread would wait for what comes, and the process
 * could not end before that. Rejects with the signal's reason.
 */
export async function openPipe(path: string, signal: AbortSignal): Promise<Readable> {
  signal.throwIfAborted();
  const opening = promisify(open)(path, 'r');
  let isOpen = false;
  // The wait for a writer is ended by one; there is none before the wait has begun.
  const endWait = (): void => {
    if (isOpen) return;
    open(path, constants.O_WRONLY | constants.O_NONBLOCK, (error, descriptor) => {
      if (error) setTimeout(endWait, AGAIN_MS);
      else close(descriptor);
    });
  };
  const settle = onAbort(signal, endWait);
  const descriptor = await opening.finally(() => {
    isOpen = true;
    settle();
  });
  if (signal.aborted) close(descriptor);
  signal.throwIfAborted();
  const pipe = new Socket({ fd: descriptor, readable: true, writable: false });
  return addAbortSignal(signal, pipe);
}
