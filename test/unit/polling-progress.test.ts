import { expect, it } from 'vitest';
import type { EntryIn } from '../../src/datasources/reports/ledger.js';
import { createPollingProgress } from '../../src/storage/shared/polling-progress.js';
import { entryAt, LINKED } from '../fixtures/fake-ledger.js';

const stored: EntryIn<'LINKED'> = { ...entryAt(4, LINKED), ...LINKED };
const polled = { ...stored, attempt: 3 };

it('is that of the stored version, and of no other', () => {
  const progress = createPollingProgress();
  progress.set(polled);
  expect(progress.current(stored)).toBe(polled);
  const later = { ...stored, version: 5 };
  expect(progress.current(later)).toBe(later);
  const other = { ...stored, type: 'YOE' } as const;
  expect(progress.current(other)).toBe(other);
});

it('is forgotten once the report is no longer polled, so that it takes no memory', () => {
  const progress = createPollingProgress();
  progress.set(polled);
  progress.entered(polled);
  expect(progress.current(stored)).toBe(polled);
  progress.entered(
    entryAt(5, { state: 'FAILED', failure: { code: 'REPORT_FAILED', message: 'No.' }, attempt: 4, expiresAt: 9 }),
  );
  expect(progress.current(stored)).toBe(stored);
});
