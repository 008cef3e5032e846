import { createAuditTable } from './audit-table.js';
import { AuditDocument } from './generated/operations.js';
import { wholeOf, type GraphQLEndpoint } from './graphql-endpoint.js';

const PAGE = 100;

/**
 * Prints upstream's bill of a month beside what the server bought, and resolves to whether the two agree. Throws an Error in
 * words if they cannot be compared.
 */
export async function auditMonth(
  endpoint: GraphQLEndpoint,
  month: string,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const table = createAuditTable();
  let after = null as string | null;
  for (;;) {
    const result = await endpoint.request(AuditDocument, { month, first: PAGE, after }, signal);
    if (result.errors.some(({ code }) => code === 'UNAUTHENTICATED'))
      throw new Error('The server wants the key or token of an operator in JOBALYZER_API_KEY.');
    const { auditUsage } = wholeOf(result);
    if (!auditUsage) throw new Error('The server answered without data.');
    const { theirs, ours, differences } = auditUsage;
    const { totalCount, pageInfo, edges } = differences;
    if (after === null) {
      print(`${month}: upstream bills ${reports(theirs)}, this server bought ${ours}.`);
      print(totalCount === 0 ? 'The two agree.' : `They differ in ${totalCount}:\n`);
    }
    if (edges.length > 0) for (const line of table.lines(edges.map(({ node }) => node))) print(line);
    if (!pageInfo.hasNextPage || pageInfo.endCursor === null) return totalCount === 0;
    after = pageInfo.endCursor;
  }
}

function reports(count: number): string {
  return count === 1 ? '1 report' : `${count} reports`;
}
