/** A date with a time, at least to the minute: both are needed to tell what was recorded when. */
const FORM =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(?:Z|UTC|GMT|([+-])(\d\d):?(\d\d))?$/i;
const MINUTE_MS = 60_000;

/**
 * A time as the usage log writes it, epoch ms: in the form of ISO 8601, in UTC unless it says another offset. Null for any
 * other form: what month 11/12/2026 is in would be a guess.
 */
export function recordedAt(text: string): number | null {
  const [, year, month, day, hour, minute, second = '0', fraction = '', sign, offsetHours, offsetMinutes] =
    FORM.exec(text) ?? [];
  if (year === undefined) return null;
  const parts = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const time = Date.UTC(parts[0], parts[1] - 1, ...parts.slice(2), Number(fraction.slice(0, 3).padEnd(3, '0')));
  const back = new Date(time);
  const read = [
    back.getUTCFullYear(),
    back.getUTCMonth() + 1,
    back.getUTCDate(),
    back.getUTCHours(),
    back.getUTCMinutes(),
  ];
  // There is no 31st of June and no 60th second, though Date knows what they would be.
  if (read.some((part, index) => part !== parts[index])) return null;
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * MINUTE_MS;
  return sign === '-' ? time + offset : time - offset;
}
