import { numbered } from '../fixtures/answers/answers.ts';
import { connectClient } from '../fixtures/sockets/follow.ts';
import type { FleetServer } from './fleet.ts';

const FOLLOW = `subscription ($answers: AnswersInput!) {
  reportStatus(answers: $answers, types: [PAY], buy: false) { status }
}`;

/** Who follows a report at one server and buys nothing. */
export interface Subscriber {
  /** What it was told, with the time as `performance.now()`; first the present status. */
  readonly events: readonly { readonly status: string; readonly at: number }[];
  /** Resolves when the subscription is over. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Resolves once it has the present status. */
export async function subscribe({ url }: FleetServer, number: number): Promise<Subscriber> {
  const client = connectClient({ url: url.replace('/graphql', '') });
  const results = client.iterate<{ reportStatus: { status: string } }>({
    query: FOLLOW,
    variables: { answers: numbered(number) },
  });
  const events: { status: string; at: number }[] = [];
  const take = async (): Promise<boolean> => {
    const { value, done } = await results.next();
    const status = done ? undefined : value.data?.reportStatus.status;
    if (status !== undefined) events.push({ status, at: performance.now() });
    return !done;
  };
  const takeAll = async (): Promise<void> => {
    while (await take());
  };
  await take();
  return { events, ended: takeAll().catch(() => undefined), close: async () => client.dispose() };
}
