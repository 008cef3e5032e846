import type { Fault, Result } from './raw-socket.js';

export interface StreamOptions {
  readonly query?: unknown;
  readonly variables?: object;
  readonly operationName?: string;
  /** GET sends the operation in the URL, as an EventSource must. @default 'POST' */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent instead of the operation. */
  readonly body?: string;
}

export interface RawStream {
  readonly status: number;
  readonly headers: Headers;
  /** Everything received so far. */
  readonly text: string;
  /** The received blocks: `:` for a comment, otherwise the name of the event. */
  readonly blocks: readonly string[];
  /** The payloads of the `next` events. */
  readonly results: readonly Result[];
  /** The errors of a response that is not a stream. */
  readonly errors: readonly Fault[];
  /** Resolves when the stream is over: whether the server ended it with a complete last block. */
  readonly ended: Promise<boolean>;
  /** Waits until the stream matches. Rejects if it ends first. */
  until(matches: (stream: RawStream) => boolean): Promise<void>;
  hangUp(): void;
}

/** A POST to the event stream, for connections that a test writes to itself. */
export function requestText(operation: object, headers = ''): string {
  const body = JSON.stringify(operation);
  return (
    `POST /graphql/stream HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n${headers}` +
    `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/** Runs an operation over server-sent events. */
export async function openStream(url: string, options: StreamOptions): Promise<RawStream> {
  const { query, variables, operationName, method = 'POST', headers = {} } = options;
  const hangUp = new AbortController();
  const operation = { query: (query as string | undefined)?.toString(), variables, operationName };
  const search = method === 'GET' ? `?${new URLSearchParams(asTexts(operation))}` : '';
  const response = await fetch(`${url}/graphql/stream${search}`, {
    method,
    headers: {
      accept: 'text/event-stream',
      ...(method === 'POST' && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: method === 'POST' ? (options.body ?? JSON.stringify(operation)) : null,
    signal: hangUp.signal,
  });

  let text = '';
  let over = false;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const ended = (async () => {
    try {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        tell();
      }
      return text.endsWith('\n\n');
    } catch {
      return false;
    } finally {
      over = true;
      tell();
    }
  })();

  const stream: RawStream = {
    status: response.status,
    headers: response.headers,
    get text() {
      return text;
    },
    get blocks() {
      return blocksOf(text).map((block) => (block.startsWith(':') ? ':' : (/^event: (\w+)/.exec(block)?.[1] ?? block)));
    },
    get results() {
      const data = blocksOf(text).map((block) => /^event: next\ndata: (.*)$/s.exec(block)?.[1]);
      return data.filter((json) => json !== undefined).map((json) => JSON.parse(json) as Result);
    },
    get errors() {
      return (JSON.parse(text) as { errors: Fault[] }).errors;
    },
    ended,
    until: (matches) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = matches(stream);
          if (!found && !over) return;
          listeners.delete(look);
          if (found) resolve();
          else reject(new Error(`The stream is over: ${text}`));
        };
        listeners.add(look);
        look();
      }),
    hangUp: () => hangUp.abort(),
  };
  return stream;
}

function blocksOf(text: string): string[] {
  return text.split('\n\n').slice(0, -1);
}

function asTexts(operation: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = Object.entries(operation).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
