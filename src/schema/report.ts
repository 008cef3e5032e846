import { ID } from 'type-graphql';
import type * as model from '../model/report.js';
import { objectType, required } from './declare.js';
import { ReportStatus } from './enums.js';
import { Node } from './node.js';

export const ReportStatuses = objectType<Record<'pay' | 'yoe', model.ReportStatus>>(
  'ReportStatuses',
  'Status of each report for one set of answers. Reading it buys nothing.',
  {
    pay: required(ReportStatus, 'Status of the pay report.'),
    yoe: required(ReportStatus, 'Status of the years-of-experience report.'),
  },
);

/** Its other fields are resolved in `resolvers/report-resolver.ts`. */
export const Report = objectType<model.ReportKey, 'request'>(
  'Report',
  'The reports for one set of answers. Costs nothing by itself: only selecting `pay` or `yoe` buys a report, one each, and only once for all clients while it is stored.',
  {
    id: required(
      ID,
      'Stable: the same answers always have the same id, in every instance and after every restart; in another spelling they have another one, which may stand for the same report. `reportById` and `node` find it once the report has been requested.',
    ),
  },
  [Node],
);
