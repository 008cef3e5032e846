import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { createSharedLinks } from '../../src/datasources/reports/shared-links.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';
import { createMemoryLedger } from '../fixtures/memory-ledger.js';

const LINK = '/jobalyzer/v1/reports/1/pay';
const WARNING = [{ code: 'LINK_SHARED' }];
const of = (reportId: string, type: 'PAY' | 'YOE' = 'PAY') => entryAt(1, LINKED, { reportId, type });

describe('a link', () => {
  it('that no other report has gives no warning, however often the same report is given it', async () => {
    const { sharedLinks, logged } = sharing();
    for (let round = 0; round < 3; round += 1) expect(await sharedLinks(of('a'), LINK)).toEqual([]);
    expect(await sharedLinks(of('b'), `${LINK}2`)).toEqual([]);
    expect(logged).toEqual([]);
  });

  it('that the ledger has for another report gives a warning, and a line in the log', async () => {
    const { sharedLinks, logged, memory } = sharing();
    memory.shareLink(LINK, { id: 'b', type: 'YOE' });
    expect(await sharedLinks(of('a'), LINK)).toMatchObject(WARNING);
    expect(logged).toMatchObject([{ reportId: 'a', type: 'PAY', others: ['b:YOE'] }]);
  });

  it('that another report, or the other type, was given before gives a warning, though it may not be stored yet', async () => {
    for (const other of [of('b'), of('a', 'YOE')]) {
      const { sharedLinks, logged, memory } = sharing();
      expect(await sharedLinks(other, LINK)).toEqual([]);
      expect(await sharedLinks(of('a'), LINK)).toMatchObject(WARNING);
      expect(await sharedLinks(of('c'), LINK)).toMatchObject(WARNING);
      memory.shareLink(LINK, { id: other.reportId, type: other.type });
      await sharedLinks(of('a'), LINK);
      const first = [`${other.reportId}:${other.type}`];
      expect(logged.map(({ others }) => others)).toEqual([first, first, first]);
    }
  });

  it('is remembered beside a thousand others', async () => {
    const { sharedLinks } = sharing();
    for (let number = 0; number < 1_000; number += 1) await sharedLinks(of('b'), `${LINK}${number}`);
    expect(await sharedLinks(of('a'), `${LINK}0`)).toMatchObject(WARNING);
    await sharedLinks(of('b'), `${LINK}one-more`);
    expect(await sharedLinks(of('a'), `${LINK}1`)).toEqual([]);
  });
});

function sharing() {
  const memory = createMemoryLedger();
  const logged: { others: string[] }[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as { others: string[] }) });
  return { memory, logged, sharedLinks: createSharedLinks(memory.ledger, log) };
}
