import { ApiError, storeUnavailable } from '../../errors.js';
import { LedgerLost } from '../../datasources/reports/ports.js';
import type { DamagedRow } from './entries.js';
import type { OpenedFiles } from './place.js';
import type { LedgerWriter } from './writer.js';

/** What the two threads of a ledger say to each other. */

/** What is called on the other thread. */
export type WriterMethod = Exclude<keyof LedgerWriter, 'fault'>;

/** What the thread is started with. */
export interface WriterData {
  /** Of the ledger, which is open already. */
  readonly path: string;
  readonly files: OpenedFiles;
  /** Of its owner. */
  readonly epoch: number;
}

export interface Call {
  readonly id: number;
  readonly method: WriterMethod;
  readonly args: readonly unknown[];
}

export type Reply =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: WrittenError };

/** From the thread: what came of calls, in the order in which they were done, or a row that cannot be read. */
export type Message = { readonly replies: readonly Reply[] } | { readonly damaged: DamagedRow };

/** An error as plain data: its class and most of its properties do not survive the way to another thread. */
interface WrittenError {
  readonly lost: boolean;
  readonly message: string;
  /** SQLite's. */
  readonly errcode?: number;
}

/** The cause of an error of a writer. */
export function errorToSend(error: unknown): WrittenError {
  const cause = error instanceof ApiError ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  const errcode = cause instanceof Error && 'errcode' in cause ? { errcode: Number(cause.errcode) } : {};
  return { lost: cause instanceof LedgerLost, message, ...errcode };
}

export function receivedError({ lost, message, ...more }: WrittenError): ApiError {
  return storeUnavailable(lost ? new LedgerLost(message) : Object.assign(new Error(message), more));
}
