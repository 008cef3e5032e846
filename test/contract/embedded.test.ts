import { describe } from 'vitest';
import { chargesSuite } from './charges-suite.js';
import { inNewDirectory } from './embedded.js';
import { ledgerSuite } from './ledger-suite.js';
import { notificationSuite } from './notification-suite.js';
import { purchasesSuite } from './purchases-suite.js';
import { queueSuite } from './queue-suite.js';
import { aliasSuite } from './alias-suite.js';
import { standingSuite } from './standing-suite.js';
import { uncertainSuite } from './uncertain-suite.js';

// Each in a block of its own, whose hooks are for its tests only.
describe('the ledger', () => {
  ledgerSuite('embedded', inNewDirectory());
});
describe('charges', () => {
  chargesSuite('embedded', inNewDirectory());
});
describe('notifications', () => {
  notificationSuite('embedded', inNewDirectory());
});
describe('what is uncertain', () => {
  uncertainSuite('embedded', inNewDirectory());
});
describe('purchases', () => {
  purchasesSuite('embedded', inNewDirectory());
});
describe('the queue', () => {
  queueSuite('embedded', inNewDirectory());
});
describe('the standing', () => {
  standingSuite('embedded', inNewDirectory());
});
describe('aliases', () => {
  aliasSuite('embedded', inNewDirectory());
});
