import { randomBytes } from 'node:crypto';

/** A new UUID of version 7: it begins with the time (epoch ms), so that rows with such keys are stored beside those of the same time. */
export function timeOrderedUuid(now: number = Date.now()): string {
  const time = Math.max(0, Math.floor(now)).toString(16).padStart(12, '0').slice(-12);
  const random = randomBytes(10);
  random[0] = ((random[0] ?? 0) & 0x0f) | 0x70;
  random[2] = ((random[2] ?? 0) & 0x3f) | 0x80;
  const hex = `${time}${random.toString('hex')}`;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
