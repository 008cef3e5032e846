/** One message of PostgreSQL's protocol. */
export interface Message {
  /** Its type, such as `Z` for ReadyForQuery; empty for the first of a client, which has none. */
  readonly type: string;
  readonly body: Buffer;
  /** All of its bytes. */
  readonly bytes: Buffer;
}

/** Cuts what one side of a connection without TLS sends into messages. */
export function messageReader(side: 'client' | 'server'): (data: Buffer) => Message[] {
  let rest = Buffer.alloc(0);
  let begun = side === 'server';
  return (data) => {
    rest = Buffer.concat([rest, data]);
    const messages: Message[] = [];
    for (;;) {
      const header = begun ? 1 : 0;
      if (rest.length < header + 4) return messages;
      const length = header + rest.readUInt32BE(header);
      if (rest.length < length) return messages;
      const type = begun ? rest.toString('latin1', 0, 1) : '';
      messages.push({ type, body: rest.subarray(header + 4, length), bytes: rest.subarray(0, length) });
      rest = rest.subarray(length);
      begun = true;
    }
  };
}

/** The strings at the start of a body, each of which ends with a zero byte. */
export function strings(body: Buffer, count: number): string[] {
  return body.toString('utf8').split('\0', count);
}
