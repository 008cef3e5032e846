import { createAuditTable, type ListedDifference } from './audit-table.js';
import { wholeOf, type GraphQLEndpoint } from './graphql-endpoint.js';

const PAGE = 100;

const AUDIT = `query Audit($month: String!, $first: Int!, $after: String) {
  auditUsage(month: $month) {
    theirs
    ours
    differences(first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges {
        node {
          at
          type
          theirs { upstreamReportId successful }
          ours { id answers { jobTitle city state country } }
          reason
        }
      }
    }
  }
}`;

interface AuditResult {
  readonly auditUsage: {
    readonly theirs: number;
    readonly ours: number;
    readonly differences: {
      readonly totalCount: number;
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      readonly edges: readonly { readonly node: ListedDifference }[];
    };
  };
}

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
    const variables = { month, first: PAGE, after };
    const result = await endpoint.request<AuditResult>(AUDIT, variables, signal);
    if (result.errors.some(({ code }) => code === 'UNAUTHENTICATED'))
      throw new Error('The server wants the key or token of an operator in JOBALYZER_API_KEY.');
    const { auditUsage } = wholeOf(result);
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
