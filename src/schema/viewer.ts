import { Int } from 'type-graphql';
import type * as model from '../model/viewer.js';
import { DateTime } from './date-time.js';
import { nullable, objectType, required } from './declare.js';

const Budget = objectType<model.Budget>(
  'Budget',
  'Reports bought by a client on the present UTC day. What came to nothing is given back to the day on which it was charged; what is uncertain is not.',
  {
    limit: nullable(Int, 'How many may be bought per day. Null: there is no limit.'),
    used: required(Int, 'How many were bought on this day, including those that are being bought.'),
    resetsAt: required(DateTime, 'When the next day begins, with none used.'),
  },
);

export const Viewer = objectType<model.Viewer>('Viewer', 'The client that asks.', {
  name: nullable(
    String,
    'Its name, as in the log and in budgets; `anonymous` if no credentials are asked for. Null: it has none.',
  ),
  operator: required(Boolean, 'Whether it may use what is for operators only.'),
  canBuy: required(
    Boolean,
    'Whether reports are bought for it, as long as its budget lasts. False for clients that may only read, and while buying is stopped.',
  ),
  buying: required(Boolean, 'The stop switch: false while an operator has stopped purchases for everybody.'),
  budget: nullable(Budget, 'Its purchases of this UTC day. Null: they cannot be told.'),
});
