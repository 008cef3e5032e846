import { isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { OperationContext } from '../../src/resolvers/context.js';
import { buildGraphQLSchema } from '../../src/resolvers/schema.js';
import { isStorable, Storable, type StorableContext } from '../../src/resolvers/storable.js';
import { createReportsInMemory } from '../../src/graphql/stored/reports-in-memory.js';
import { NURSE } from '../fixtures/answers/answers.js';
import { identifyReport } from '../../src/datasources/reports/identify.js';

/** The compiler refuses resolvers that know who asks. */
class Resolvers {
  @Storable()
  plain(_source: object, _amount: number, { reportWaitMs }: StorableContext): number {
    return reportWaitMs;
  }

  // @ts-expect-error it has the whole context of an operation
  @Storable()
  whole(_source: object, context: OperationContext): string {
    return context.client.name;
  }

  // @ts-expect-error it has the client
  @Storable()
  client({ client }: Pick<OperationContext, 'client'>): string {
    return client.name;
  }
}

describe('storable fields', () => {
  it('with resolvers are these, and no others', () => {
    const fields = Object.values(buildGraphQLSchema().getTypeMap())
      .filter((type) => isObjectType(type))
      .filter(({ name }) => !name.startsWith('__'))
      .flatMap((type) =>
        Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field })),
      );
    expect(
      fields
        .filter(({ field }) => field.resolve && isStorable(field))
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual([
      'AnswerIssue.field',
      'PayStatistics.percentileRank',
      'Query.report',
      'Query.reports',
      'Report.answers',
      'Report.autoResolveJobTitle',
      'Report.pay',
      'Report.yoe',
    ]);
    expect(new Resolvers()).toBeInstanceOf(Resolvers);
  });
});

describe('the context of storable fields', () => {
  const { context, begin, taken } = createReportsInMemory(
    { inMemory: (_id, type) => (type === 'PAY' ? ({ report: 'pay' } as never) : null) },
    { reportWaitMs: 7 },
  );
  const report = identifyReport(NURSE, true, 'answers');
  const how = { waitMs: 0, buy: true };

  it('has the longest wait, and reports that are in memory', () => {
    expect(context.reportWaitMs).toBe(7);
    begin();
    expect(context.loader.load(report, 'PAY', how)).toBe('pay');
    expect(context.loader.load(report, 'PAY', { ...how, buy: false })).toBe('pay');
    expect(taken()).toHaveLength(2);
    begin();
    expect(taken()).toEqual([]);
  });

  it.each<[string, () => unknown]>([
    ['a report that is not in memory', () => context.loader.load(report, 'YOE', how)],
    ['the client', () => (context as OperationContext).client],
    ['whether there is a client', () => 'client' in context],
    ['a client that may be missing', () => (context as Partial<OperationContext>).client?.name],
    ['the services', () => (context as OperationContext).reports],
    ['whether everything has settled', () => (context as OperationContext).loader.settled('r')],
  ])('gives up if it is asked for %s', (_, ask) => {
    expect(ask).toThrow('not made of what is in memory');
  });
});
