import type { Backend } from '../../src/datasources/reports/ports.js';
import { openEmbeddedBackend } from '../../src/storage/sqlite/backend.js';
import { newDirectory } from '../fixtures/directory.js';
import { chargesSuite } from './charges-suite.js';
import { ledgerSuite } from './ledger-suite.js';
import { queueSuite } from './queue-suite.js';
import { standingSuite } from './standing-suite.js';
import type { OpenedBackend } from './steps.js';
import { notificationSuite } from './notification-suite.js';
import { uncertainSuite } from './uncertain-suite.js';

ledgerSuite('embedded', openInNewDirectory);
chargesSuite('embedded', openInNewDirectory);
notificationSuite('embedded', openInNewDirectory);
uncertainSuite('embedded', openInNewDirectory);
queueSuite('embedded', openInNewDirectory);
standingSuite('embedded', openInNewDirectory);

async function close({ ledger, queue }: Backend): Promise<void> {
  await queue.close();
  await ledger.close();
}

async function openInNewDirectory(): Promise<OpenedBackend> {
  const directory = await newDirectory();
  const first = openEmbeddedBackend(directory.path, 'ledger');
  let current = first;
  return {
    backend: first,
    async reopen() {
      await close(current);
      current = openEmbeddedBackend(directory.path, 'ledger');
      return current;
    },
    async close() {
      await close(current);
      await directory.remove();
    },
  };
}
