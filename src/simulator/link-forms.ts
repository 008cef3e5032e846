/**
 * Ways to write a link: the other scheme; another host; other letter case and a doubled slash in the path; blanks around it;
 * a query with blanks and a signature, which must come back byte for byte; a query that names the caller, who must not be
 * named twice; the link of the previous report of the same type;
 * one with the REPORTID of the usage log in place of the report itself.
 */
export const LINK_FORMS = [
  ...([
    'other-scheme',
    'other-host',
    'letter-case',
    'double-slash',
    'blanks',
    'signed',
    'caller',
    'same',
    'report-id',
  ] as const),
] as const;
export type LinkForm = (typeof LINK_FORMS)[number];

export interface LinkParts {
  origin: string;
  /** Up to and without the last part. */
  path: string;
  /** The last part, which encodes the report or names it. */
  payload: string;
}

/** With each spelling that a client could change: encoded and plain blanks, letter case of hexadecimal digits. */
const SIGNED_QUERY = 'name=Registered%20Nurse+II&sig=a%2fB%2Bc%3D%7e';

/** @returns the link in these forms. */
export function formLink({ origin, path, payload }: LinkParts, forms: readonly LinkForm[], customerId: string): string {
  const has = (form: LinkForm) => forms.includes(form);
  let base = origin;
  if (has('other-host')) base = base.replace(/\/\/[^/]+$/, '//reports.internal.example');
  if (has('other-scheme')) base = base.startsWith('https:') ? `http${base.slice(5)}` : `https${base.slice(4)}`;
  let folder = path;
  if (has('letter-case')) folder = folder.replace('/jobalyzer/', '/Jobalyzer/').replace('/reports/', '/Reports/');
  if (has('double-slash')) folder = folder.replace('/reports/', '//reports/').replace('/Reports/', '//Reports/');
  const caller = new URLSearchParams({ customerId, user: customerId }).toString();
  const query = [...(has('signed') ? [SIGNED_QUERY] : []), ...(has('caller') ? [caller] : [])].join('&');
  const link = `${base}${folder}/${payload}${query && `?${query}`}`;
  return has('blanks') ? ` ${link}\t` : link;
}

/** @returns false if a signed link's query did not come back byte for byte. */
export function isIntact(url: string, signed: boolean): boolean {
  if (!signed) return true;
  const query = url.slice(url.indexOf('?') + 1);
  return query === SIGNED_QUERY || query.startsWith(`${SIGNED_QUERY}&`) || query.endsWith(`&${SIGNED_QUERY}`);
}
