import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLSchema } from 'graphql';

/** What a peer serves: the reports this server sent for the answers of each number, from memory. */
export interface PeerData {
  readonly reports: readonly unknown[];
}

interface ReportArguments {
  readonly answers: { readonly averageSizeCompetitor: number };
}

/** Waits for its data, lets the peer listen, and tells the parent process where. */
export function serve(listen: (data: PeerData) => Promise<string>): void {
  // A preloaded script may have let go of it.
  process.channel?.ref();
  process.once('message', (data: PeerData) => {
    // It ends with its parent, however that ends.
    process.once('disconnect', () => process.exit());
    void listen(data).then((origin) => process.send?.(`${origin}/graphql`));
  });
}

/**
 * The schema of this server over reports in memory: a peer looks a report up by one number, does not check its answers, and
 * computes no id.
 */
export function schemaOver({ reports }: PeerData): GraphQLSchema {
  const schema = buildSchema(readFileSync(join(import.meta.dirname, '..', '..', 'schema.graphql'), 'utf8'));
  const report = schema.getQueryType()?.getFields()['report'];
  if (!report) throw new Error('The schema has no reports.');
  report.resolve = (_source: unknown, { answers }: ReportArguments) => reports[answers.averageSizeCompetitor];
  return schema;
}

/** The same schema with a report that is followed: it is pending, and stays so. */
export function followingSchema(): GraphQLSchema {
  const schema = schemaOver({ reports: [] });
  const follow = schema.getSubscriptionType()?.getFields()['reportStatus'];
  if (!follow) throw new Error('The schema has nothing to follow.');
  follow.subscribe = async function* () {
    const reportStatus = { reportId: 'x', type: 'PAY', status: 'PENDING', attempt: 1, report: { id: 'x', pay: null } };
    yield { reportStatus };
    await new Promise(() => undefined);
  };
  return schema;
}

export function originOf(address: string | AddressInfo | null): string {
  return `http://127.0.0.1:${(address as AddressInfo).port}`;
}
