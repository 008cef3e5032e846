import { post } from '../fixtures/server/post.ts';
import { complain, type Purchase, type World } from './world.ts';

type Status = 'NOT_REQUESTED' | 'SUBMITTING' | 'PENDING' | 'READY' | 'FAILED';

export interface Sight extends Purchase {
  readonly status: Status;
}

const LISTED_AT_ONCE = 20;

/** The status of every report requested so far. Buys nothing. */
export async function look(world: World, url: string): Promise<readonly Sight[]> {
  const query =
    'query ($answers: [AnswersInput!]!, $auto: Boolean!) { reports(answers: $answers, autoResolveJobTitle: $auto) { id status { pay yoe } } }';
  const sights: Sight[] = [];
  for (const auto of [true, false]) {
    const asked = world.questions.filter(({ autoResolveJobTitle }) => autoResolveJobTitle === auto);
    for (let from = 0; from < asked.length; from += LISTED_AT_ONCE) {
      const questions = asked.slice(from, from + LISTED_AT_ONCE);
      const { data, errors } = await post<{ reports: { id: string; status: { pay: Status; yoe: Status } }[] }, object>(
        url,
        query,
        { answers: questions.map(({ answers }) => answers), auto },
      );
      if (!data) throw new Error(`The reports could not be looked at: ${errors[0]?.message}`);
      questions.forEach((question, index) => {
        const seen = data.reports[index];
        if (seen?.id !== question.id) complain(world, 'a report has another id than before', [question.id]);
        if (!seen) return;
        sights.push({ question, type: 'PAY', status: seen.status.pay });
        sights.push({ question, type: 'YOE', status: seen.status.yoe });
      });
    }
  }
  return sights;
}
