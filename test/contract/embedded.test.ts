import { chargesSuite } from './charges-suite.js';
import { inNewDirectory } from './embedded.js';
import { ledgerSuite } from './ledger-suite.js';
import { queueSuite } from './queue-suite.js';
import { standingSuite } from './standing-suite.js';
import { notificationSuite } from './notification-suite.js';
import { uncertainSuite } from './uncertain-suite.js';

ledgerSuite('embedded', inNewDirectory());
chargesSuite('embedded', inNewDirectory());
notificationSuite('embedded', inNewDirectory());
uncertainSuite('embedded', inNewDirectory());
queueSuite('embedded', inNewDirectory());
standingSuite('embedded', inNewDirectory());
