import { connect } from 'node:net';

/** A connection that is kept alive, over which one POST is sent at a time. */
export interface RawConnection {
  /** `body`: JSON in ASCII. */
  send(body: string): void;
  destroy(): void;
}

export interface RawHandlers {
  readonly onConnect: () => void;
  /** `response`: with its head, only to be used during the call; its body begins at `bodyAt`. */
  readonly onResponse: (response: Buffer, bodyAt: number) => void;
  /** Also when the peer closes it. */
  readonly onError: (error: Error) => void;
}

const HEAD_END = '\r\n\r\n';
/** As Fastify and as Node write it. */
const LENGTHS = ['\r\ncontent-length: ', '\r\nContent-Length: '].map((name) => Buffer.from(name));
const [ZERO, NINE] = [0x30, 0x39];
const CHUNK_BYTES = 256 * 1024;

/**
 * A client that costs little: it reads into one buffer and looks for no more than the end of the head and the content length.
 * A response without a length ends with its head.
 */
export function openRawConnection(url: string, { onConnect, onResponse, onError }: RawHandlers): RawConnection {
  const { hostname, port, pathname } = new URL(url);
  const head = `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: `;
  let received: Buffer = Buffer.alloc(0);

  function read(bytes: Buffer): void {
    const whole = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    const headEnd = whole.indexOf(HEAD_END);
    const bodyAt = headEnd + HEAD_END.length;
    if (headEnd === -1 || whole.length < bodyAt + lengthIn(whole, headEnd)) {
      received = whole === bytes ? Buffer.from(bytes) : whole;
      return;
    }
    received = Buffer.alloc(0);
    onResponse(whole, bodyAt);
  }

  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    onread: {
      buffer: Buffer.alloc(CHUNK_BYTES),
      callback(length, buffer) {
        read((buffer as Buffer).subarray(0, length));
        return true;
      },
    },
  });
  socket.once('connect', onConnect).once('error', onError);
  socket.once('close', () => onError(new Error('The connection was closed.')));
  return {
    send: (body) => void socket.write(`${head}${body.length}${HEAD_END}${body}`, 'latin1'),
    destroy: () => void socket.destroy(),
  };
}

function lengthIn(bytes: Buffer, headEnd: number): number {
  for (const name of LENGTHS) {
    const at = bytes.indexOf(name);
    if (at === -1 || at >= headEnd) continue;
    let length = 0;
    for (let index = at + name.length; ; index++) {
      const digit = bytes[index] ?? 0;
      if (digit < ZERO || digit > NINE) return length;
      length = 10 * length + digit - ZERO;
    }
  }
  return 0;
}
