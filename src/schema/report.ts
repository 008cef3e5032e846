import { Field, ID, ObjectType } from 'type-graphql';
import { Answers } from './answers.js';
import { ReportStatus } from './enums.js';

@ObjectType({ description: 'Where each report of one set of answers stands. Reading it neither buys nor waits.' })
export class ReportStatuses {
  @Field(() => ReportStatus, { description: 'Where the pay report stands.' })
  pay!: ReportStatus;

  @Field(() => ReportStatus, { description: 'Where the years-of-experience report stands.' })
  yoe!: ReportStatus;
}

@ObjectType({
  description:
    'What can be known of one set of answers. A report costs nothing by itself: only selecting `pay` or `yoe` buys, each its own report, and only once for everybody while it is kept.',
})
export class Report {
  @Field(() => ID, {
    description:
      'Stable: the same answers always have the same id, in every instance and after every restart. `reportById` opens it again once the report was asked for.',
  })
  id!: string;

  @Field(() => Answers, { description: 'The answers the report is about, in canonical form.' })
  answers!: Answers;

  /** Whether upstream may match a title it does not know. A part of the id and of what is bought; not served. */
  autoResolveJobTitle!: boolean;

  /** Inside an event: its `pay` and `yoe` are what is here by now, neither awaited nor bought. Not served. */
  asCollected?: true;
}
