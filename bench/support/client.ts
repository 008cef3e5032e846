import { Agent, request, type Dispatcher } from 'undici';

/** Queries a GraphQL server over keep-alive connections, one for each concurrent query. */
export interface Client {
  ask<T>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
  close(): Promise<void>;
}

export function openClient(url: string): Client {
  const dispatcher: Dispatcher = new Agent({ connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  return {
    async ask<T>(query: string, variables: Readonly<Record<string, unknown>> = {}) {
      const { body } = await request(url, {
        dispatcher,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const response = (await body.json()) as { data?: T; errors?: readonly { message: string }[] };
      if (!response.data || response.errors) throw new Error(`No data: ${response.errors?.[0]?.message}`);
      return response.data;
    },
    close: () => dispatcher.destroy(),
  };
}

export const PAY_QUERY =
  'query Pay($answers: AnswersInput!) { report(answers: $answers) { id pay { reportRating basePay { percentile25 percentile50 percentile75 } } } }';

/** What a page shows of what a job pays: some fifty values. */
export const PAGE_QUERY = `query Page($answers: AnswersInput!) {
  report(answers: $answers) {
    id
    pay {
      basePay { ...Statistics }
      totalPay { ...Statistics }
      bonus { currencyName percentile50 }
      totalProfilesAnalyzed
      levelUsed
      reportRating
      context { submittedJobTitle matchedJobTitle jobTitleRating }
      warnings { message }
    }
  }
}
fragment Statistics on PayStatistics {
  currencyName
  percentile10
  percentile25
  percentile50
  percentile75
  percentile90
  average
  percentiles { percentile value }
}`;
