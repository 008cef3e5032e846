import { describe, expect, it } from 'vitest';
import { followedOf, linked, type FollowedLink } from '../../src/datasources/reports/link-state.js';

const LINK: FollowedLink = { link: '/jobalyzer/x', warnings: [] };
const ALL: FollowedLink = {
  ...LINK,
  cookies: 'lb=1',
  refusals: { since: 5, count: 2 },
  unusable: { digest: 'd', at: 6 },
};
const FRESH = { state: 'LINKED', since: 7, attempt: 0, faults: 0, nextPollAt: null, retryAfterMs: null };

describe('a link', () => {
  it.each<[string, FollowedLink]>([
    ['all that is kept of it', ALL],
    ['nothing that is not', LINK],
  ])('has %s, before it is polled and when its collection ends', (_, kept) => {
    const state = linked(kept, 7);
    expect(state).toStrictEqual({ ...FRESH, ...kept });
    expect(followedOf(state)).toStrictEqual(kept);
  });

  it('has nothing that is null', () => {
    expect(linked({ ...LINK, cookies: null, refusals: null, unusable: null }, 7)).toStrictEqual({ ...FRESH, ...LINK });
  });
});
