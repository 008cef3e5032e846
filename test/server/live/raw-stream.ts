import type { Fault, Result } from './raw-socket.js';

export interface StreamOptions {
  readonly query?: unknown;
  readonly variables?: object;
  readonly operationName?: string;
  /** GET has the operation in the address, as an EventSource must. @default 'POST' */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the operation. */
  readonly body?: string;
}

export interface RawStream {
  readonly status: number;
  readonly headers: Headers;
  /** All that came so far, as it came. */
  readonly text: string;
  /** What came, split into its blocks: `:` for a comment, else the event's name. */
  readonly blocks: readonly string[];
  /** What the `next` events carry. */
  readonly results: readonly Result[];
  /** What was answered instead of a stream. */
  readonly errors: readonly Fault[];
  /** Whether the stream was ended by the server, with its last block whole; resolves when it is over. */
  readonly ended: Promise<boolean>;
  /** Waits for the text to be as it should. Rejects when the stream ends first. */
  until(matches: (stream: RawStream) => boolean): Promise<void>;
  hangUp(): void;
}

/** An operation over server-sent events, read as it comes. */
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
