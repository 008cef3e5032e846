/** How upstream's links contain its REPORTIDs, learned from links of which the REPORTID is known. Pure. */

/** A link of a purchase of ours, as it is stored, and the REPORTID that the purchase has in the usage log. */
export interface KnownLink {
  readonly link: string;
  readonly upstreamReportId: string;
}

/** The link of another REPORTID. Null: it would not be one. */
export type LinkTemplate = (upstreamReportId: string) => string | null;

/** What one link looks like may be an accident. */
const FEWEST_LINKS = 2;

/**
 * Null unless all of these links, of one type and with at least two REPORTIDs, differ in nothing but the REPORTID, which is in
 * each exactly once: only then another link is known to be of the report that it is made for.
 */
export function linkTemplate(known: readonly KnownLink[]): LinkTemplate | null {
  const frames = new Set(known.map(frameOf));
  const [frame] = frames;
  const ids = new Set(known.map(({ upstreamReportId }) => upstreamReportId));
  if (!frame || frames.size > 1 || ids.size < FEWEST_LINKS) return null;
  const { before, after } = JSON.parse(frame) as Frame;
  return (id) => {
    const link = `${before}${id}${after}`;
    return isPlain(id) && link.split(id).length === 2 ? link : null;
  };
}

interface Frame {
  readonly before: string;
  readonly after: string;
}

/** What is around the REPORTID, as text; null if that is not in the link exactly once. */
function frameOf({ link, upstreamReportId: id }: KnownLink): string | null {
  const [before = '', after, ...more] = isPlain(id) ? link.split(id) : [];
  if (after === undefined || more.length > 0) return null;
  return JSON.stringify({ before, after } satisfies Frame);
}

/** Whether it is the same in a link, and nothing else there: in no part of it is a separator. */
function isPlain(id: string): boolean {
  return /^[\w-][\w.~-]*$/.test(id);
}
