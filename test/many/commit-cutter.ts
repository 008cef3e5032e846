import { messageReader, strings, type Message } from './postgres-messages.ts';
import { startProxy, type Passage, type Proxy } from './tcp-proxy.ts';

/** A way to PostgreSQL on which the response to a commit can be lost. */
export interface CommitCutter extends Proxy {
  /**
   * Lets so many commits that change entries pass, and cuts the connection after the next one, before its response. `onCut` is called
   * first.
   */
  arm(pass: number, onCut?: () => void): void;
  /** How many were cut. */
  cuts(): number;
}

interface Conversation {
  readonly fromClient: (data: Buffer) => Message[];
  readonly fromServer: (data: Buffer) => Message[];
  readonly prepared: Map<string, string>;
  /** Whether the present transaction may have changed entries. */
  writing: boolean;
  /** What the server has sent since its last ReadyForQuery. */
  response: Message[];
}

const IDLE = 'I'.charCodeAt(0);

export async function startCommitCutter(port: () => number): Promise<CommitCutter> {
  const conversations = new WeakMap<Passage, Conversation>();
  let left = Number.POSITIVE_INFINITY;
  let cuts = 0;
  let beforeCut = (): void => undefined;

  const conversation = (passage: Passage): Conversation => {
    let found = conversations.get(passage);
    if (!found) {
      found = {
        fromClient: messageReader('client'),
        fromServer: messageReader('server'),
        prepared: new Map(),
        writing: false,
        response: [],
      };
      conversations.set(passage, found);
    }
    return found;
  };

  const proxy = await startProxy({
    port,
    toServer(data, passage) {
      const own = conversation(passage);
      for (const message of own.fromClient(data)) own.writing ||= changesEntries(message, own.prepared);
    },
    toClient(data, passage) {
      const own = conversation(passage);
      const passed: Message[] = [];
      for (const message of own.fromServer(data)) {
        own.response.push(message);
        if (message.type !== 'Z') continue;
        const committed = own.writing && message.body[0] === IDLE && !own.response.some(({ type }) => type === 'E');
        if (committed && left === 0) {
          cuts += 1;
          left = Number.POSITIVE_INFINITY;
          beforeCut();
          passage.client.destroy();
          passage.server.destroy();
          return null;
        }
        if (committed) left -= 1;
        if (message.body[0] === IDLE) own.writing = false;
        passed.push(...own.response.splice(0));
      }
      return Buffer.concat(passed.map(({ bytes }) => bytes));
    },
  });
  return {
    ...proxy,
    arm(pass, onCut = () => undefined) {
      left = pass;
      beforeCut = onCut;
    },
    cuts: () => cuts,
  };
}

/** Whether a message of a client runs a statement that writes entries. */
function changesEntries({ type, body }: Message, prepared: Map<string, string>): boolean {
  if (type === 'Q') return writesEntries(body.toString('utf8'));
  if (type === 'P') {
    const [name = '', text = ''] = strings(body, 2);
    prepared.set(name, text);
    return false;
  }
  if (type !== 'B') return false;
  const [, name = ''] = strings(body, 2);
  return writesEntries(prepared.get(name) ?? '');
}

function writesEntries(statement: string): boolean {
  return /\bcommit_steps\b/i.test(statement);
}
