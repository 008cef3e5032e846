import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  bring,
  bringCollected,
  CLAIM,
  COLLECT,
  GIVE_UP,
  LOSE,
  newReport,
  REJECT,
  SEND,
  TO_LINKED,
  type OpenBackend,
  type OpenedBackend,
} from './steps.js';

/** What every ledger tells of what is in it now. */
export function standingSuite(name: string, open: OpenBackend): void {
  let opened: OpenedBackend;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.close());

  describe(`${name}: the standing`, () => {
    it('counts what is pending by age, and what is uncertain', async () => {
      const { ledger } = opened.backend;
      const ways = [
        [CLAIM],
        [CLAIM, SEND],
        TO_LINKED,
        [...TO_LINKED, COLLECT],
        [CLAIM, SEND, LOSE],
        [CLAIM, SEND, REJECT],
        [CLAIM, GIVE_UP],
      ];
      for (const way of ways) await bring(ledger, newReport(), way);
      const hour = 3_600_000;
      expect(await ledger.standing([hour, 2 * hour, Infinity])).toEqual({
        pending: [3, 0, 0],
        uncertain: 1,
        bytes: expect.any(Number),
      });
      await bring(ledger, newReport(), TO_LINKED, { at: Date.now() - hour - 1_000 });
      await bring(ledger, newReport(), [CLAIM], { at: 1 });
      expect((await ledger.standing([hour, 2 * hour, Infinity])).pending).toEqual([3, 1, 1]);
    });

    it('has a size, which grows', async () => {
      const { ledger } = opened.backend;
      const { bytes } = await ledger.standing([]);
      expect(bytes).toBeGreaterThan(0);
      await bringCollected(ledger, newReport(), {
        body: JSON.stringify({ a: randomBytes(200_000).toString('base64') }),
      });
      expect((await ledger.standing([])).bytes).toBeGreaterThan(bytes);
    });
  });
}
