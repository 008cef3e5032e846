import { createConnection } from 'node:net';
import { loadApiKey, loadConfig } from '../config.js';
import { onStopSignals } from '../lib/stop-signals.js';
import { auditMonth } from './auditing.js';
import { runCommand } from './command.js';
import { createGraphQLEndpoint, endpointUrl } from './graphql-endpoint.js';
import { openOwnServer } from './own-server.js';

const HELP = `Prints what Jobalyzer bills for a month (UTC) beside what this server bought, and in what the two differ. It asks the server at
--url or, without it, the one that listens at HOST and PORT; if there is none, it opens the ledger itself, with the settings of
the server. JOBALYZER_API_KEY is the key or token of an operator, where there is authentication. Needs JOBALYZER_USAGE_URL.

Exits with 0 if the two agree, with 1 if they do not, and with 2 if they cannot be compared.
`;

const CONNECT_MS = 2_000;
/** A log of half a gigabyte takes a while. */
const TIMEOUT_MS = 300_000;

const command = {
  name: 'audit',
  usage: '<YYYY-MM> [--url <url>]',
  help: HELP,
  operands: { least: 1, most: 1 },
  trouble: 2,
};

await runCommand({ ...command, options: { url: { type: 'string' } } }, async ([month = ''], { url: given }) => {
  const stopping = new AbortController();
  onStopSignals(
    () => stopping.abort(new Error('It was interrupted.')),
    () => process.exit(2),
  );
  const key = loadApiKey();
  const server = await serverOf(given, key !== null, stopping.signal);
  try {
    const endpoint = createGraphQLEndpoint({ url: server.url, key, timeoutMs: TIMEOUT_MS });
    return await auditMonth(endpoint, month, (line) => process.stdout.write(`${line}\n`), stopping.signal);
  } finally {
    await server.close();
  }
});

interface AuditedServer {
  readonly url: URL;
  close(): Promise<void>;
}

async function serverOf(given: string | undefined, hasKey: boolean, signal: AbortSignal): Promise<AuditedServer> {
  const close = async (): Promise<void> => undefined;
  if (given !== undefined) return { url: endpointUrl(given, hasKey), close };
  const { host, port } = loadConfig();
  const address = addressOf(host);
  if (port === 0 || !(await isListening(address, port))) return openOwnServer(signal);
  return { url: endpointUrl(`http://${address.includes(':') ? `[${address}]` : address}:${port}`, hasKey), close };
}

/** Where a server that listens on every address is reached from this machine. */
function addressOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: CONNECT_MS });
    const end = (isThere: boolean) => () => {
      socket.destroy();
      resolve(isThere);
    };
    socket.on('connect', end(true)).on('timeout', end(false)).on('error', end(false));
  });
}
