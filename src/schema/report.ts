import { Field, ID, ObjectType } from 'type-graphql';
import { Answers } from './answers.js';
import { ReportStatus } from './enums.js';

@ObjectType({ description: 'Status of each report for one set of answers. Reading it buys nothing.' })
export class ReportStatuses {
  @Field(() => ReportStatus, { description: 'Status of the pay report.' })
  pay!: ReportStatus;

  @Field(() => ReportStatus, { description: 'Status of the years-of-experience report.' })
  yoe!: ReportStatus;
}

@ObjectType({
  description:
    'The reports for one set of answers. Costs nothing by itself: only selecting `pay` or `yoe` buys a report, one each, and only once for all clients while it is stored.',
})
export class Report {
  @Field(() => ID, {
    description:
      'Stable: the same answers always have the same id, in every instance and after every restart. `reportById` finds it once the report has been requested.',
  })
  id!: string;

  @Field(() => Answers, { description: 'The answers of the report, in canonical form.' })
  answers!: Answers;

  /** Whether upstream may match a title it does not recognize. Part of the id and of the purchase; not a GraphQL field. */
  autoResolveJobTitle!: boolean;

  /** Set inside events: `pay` and `yoe` return what has been collected, without waiting or buying. Not a GraphQL field. */
  asCollected?: true;
}
