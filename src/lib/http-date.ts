const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
const ZONE = '(?: (?:GMT|UTC))?';

/** The three forms that RFC 9110 names. */
const FORMS = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  String.raw`[a-z]{3}, (?<day>\d{1,2}) (?<month>[a-z]{3}) (?<year>\d{4}) ${TIME}${ZONE}`,
  // Sunday, 06-Nov-94 08:49:37 GMT
  String.raw`[a-z]{6,9}, (?<day>\d{1,2})-(?<month>[a-z]{3})-(?<year>\d{2}) ${TIME}${ZONE}`,
  // Sun Nov  6 08:49:37 1994
  String.raw`[a-z]{3} (?<month>[a-z]{3}) {1,2}(?<day>\d{1,2}) ${TIME} (?<year>\d{4})${ZONE}`,
].map((form) => new RegExp(`^${form}$`, 'i'));

/** A date of an HTTP header in epoch ms; always UTC, whatever the time zone here. Null if it is none. `now` in epoch ms. */
export function httpDate(text: string, now: number): number | null {
  const groups = FORMS.map((form) => form.exec(text)?.groups).find((found) => found !== undefined);
  if (!groups) return null;
  const month = MONTHS.indexOf(String(groups['month']).toLowerCase());
  const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map((name) => Number(groups[name]));
  if (month < 0 || !day || day > 31 || hour === undefined || hour > 23) return null;
  // A leap second is valid.
  if (minute === undefined || minute > 59 || second === undefined || second > 60) return null;
  return Date.UTC(fullYear(String(groups['year']), now), month, day, hour, minute, second);
}

/** A year of two digits that would be more than fifty years from now is in the past, as RFC 9110 says. */
function fullYear(digits: string, now: number): number {
  if (digits.length > 2) return Number(digits);
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}
