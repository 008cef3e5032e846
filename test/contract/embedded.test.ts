import { describe } from 'vitest';
import { chargesSuite } from './charges-suite.js';
import { inNewDirectory } from './embedded.js';
import { ledgerSuite } from './ledger-suite.js';
import { notificationSuite } from './notification-suite.js';
import { queueSuite } from './queue-suite.js';
import { standingSuite } from './standing-suite.js';
import { uncertainSuite } from './uncertain-suite.js';

// Each in a block of its own, whose hooks are for its tests only.
for (const suite of [ledgerSuite, chargesSuite, notificationSuite, uncertainSuite, queueSuite, standingSuite]) {
  describe(suite.name, () => suite('embedded', inNewDirectory()));
}
