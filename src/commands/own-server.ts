import { createApp } from '../app.js';
import { loadConfig } from '../config.js';
import { openLog } from '../lib/log.js';

/** A server of this process, as the settings say. */
export interface OwnServer {
  readonly url: URL;
  /** Finishes and stores what is being bought, then ends the server. */
  close(): Promise<void>;
}

const STANDARD_ERROR = 2;
/** It serves this process alone, which paces itself. */
const ANY_RATE = 1_000_000_000;

/**
 * Opens the server on a free port of this machine, with the ledger, the credentials and the budgets of the settings. Throws an
 * Error in words, also if a server that is running has the ledger.
 */
export async function openOwnServer(signal: AbortSignal): Promise<OwnServer> {
  const config = loadConfig();
  const output = await openLog('error', STANDARD_ERROR);
  const app = await createApp(
    {
      ...config,
      host: '127.0.0.1',
      port: 0,
      rateLimitMax: ANY_RATE,
      safelistFile: null,
      explorer: false,
      playground: false,
    },
    { log: output.log, signal },
  ).catch(async (error: unknown) => {
    await output.close();
    throw inWords(error);
  });
  const closeAll = async (): Promise<void> => {
    await app.close();
    await output.close();
  };
  try {
    return { url: new URL('/graphql', await app.listen()), close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** What to do about a ledger that another process has. */
function inWords(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const isTaken = /another process is using it/.test(
    `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`,
  );
  return isTaken
    ? new Error('A server that is running has the ledger: name it by --url, such as --url http://127.0.0.1:4000.', {
        cause: error,
      })
    : error;
}
