import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { patientTimer } from '../../lib/patient-deadline.js';

/**
 * Connects directly, in at most `timeoutMs` milliseconds. undici's own timeout would keep each socket in memory for another
 * second or two after it has closed, which is long enough to become old.
 */
export function directly(timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ allowH2: false, timeout: 0 }) as unknown as (
    ...args: Parameters<buildConnector.connector>
  ) => Socket;
  return (options, settle) => {
    let endTimer = (): void => undefined;
    const socket = connect(options, (...result) => {
      endTimer();
      settle(...result);
    });
    endTimer = patientTimer(timeoutMs, () =>
      socket.destroy(Object.assign(new Error(`No connection within ${timeoutMs} ms.`), { code: 'ETIMEDOUT' })),
    );
  };
}
