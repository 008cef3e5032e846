import { fetchQuery, requestSubscription } from 'relay-runtime';
import { expect, it } from 'vitest';
import { numbered } from '../fixtures/answers/answers.js';
import { asked } from '../fixtures/server/responses.js';
import { useServers } from '../fixtures/server/use-servers.js';
import { openEnvironment } from './relay.js';

useServers();

it('a fragment of Relay on a report has what events brought, and is fetched again by the id', async (context) => {
  const server = await context.start();
  const { environment, compiled } = await openEnvironment(context, server);
  const subscription = await compiled('followReportSubscription');
  const ids: string[] = [];
  await new Promise((resolve, reject) => {
    requestSubscription<Followed>(environment, {
      subscription,
      variables: { answers: numbered() },
      onNext: (event) => void ids.push(event?.reportStatus.report.id ?? ''),
      onError: reject,
      onCompleted: () => resolve(undefined),
    });
  });

  const again = await compiled('CardRefetchQuery');
  const fetched = (fetchPolicy: 'store-or-network' | 'network-only') =>
    fetchQuery(environment, again, { id: ids[0] }, { fetchPolicy }).toPromise();
  await fetched('store-or-network');
  expect(asked(server)).toEqual(['followReportSubscription']);
  expect(await fetched('network-only')).toMatchObject({ node: { __id: ids[0] } });
  expect(asked(server)).toEqual(['followReportSubscription', 'CardRefetchQuery']);
});

interface Followed {
  readonly variables: object;
  readonly response: { readonly reportStatus: { readonly report: { readonly id: string } } };
}
