import { describe, it } from 'vitest';
import { SEATTLE } from '../fixtures/answers/answers.js';
import { useServers } from '../fixtures/server/use-servers.js';

useServers({ pendingPolls: 0 });

const CORRECT = { env: { ANSWER_CHECK: 'correct' } };
const REPORT = `query ($answers: AnswersInput!, $buy: Boolean! = true) {
  report(answers: $answers) {
    id
    answers { jobTitle skills }
    pay(buy: $buy) { warnings { answerId answerValue message code } }
  }
}`;
const BY_ID = `query ($id: ID!) {
  reportById(id: $id) { answers { jobTitle } pay(buy: false) { warnings { answerValue code } } }
}`;
const SPELLED = { ...SEATTLE, skills: ['Python'] };
const GIVEN = { ...SEATTLE, jobTitle: 'SOFTWARE DEVELOPER', skills: ['python'] };

interface Asked {
  readonly report: {
    readonly id: string;
    readonly answers: object;
    readonly pay: { readonly warnings: readonly object[] } | null;
  };
}

describe.concurrent('with ANSWER_CHECK=correct, a report', () => {
  it('is bought in the spelling of upstream, and says so to whoever asked in another one', async ({
    upstream,
    start,
    restart,
    expect,
  }) => {
    const server = await start(CORRECT);
    const { data, errors } = await server.run<Asked, object>(REPORT, { answers: GIVEN });
    expect(errors).toEqual([]);
    expect(upstream.submits().map(({ answers }) => answers)).toMatchObject([
      { JobTitle: 'Software Developer', Skills: ['Python'] },
    ]);
    const corrected = [
      { answerId: 'JobTitle', answerValue: 'SOFTWARE DEVELOPER', code: 'CORRECTED_ANSWER' },
      { answerId: 'Skills', answerValue: 'python', code: 'CORRECTED_ANSWER' },
    ];
    expect(data?.report.answers).toEqual({ jobTitle: 'SOFTWARE DEVELOPER', skills: ['python'] });
    expect(data?.report.pay?.warnings).toMatchObject(corrected);
    const spelled = await server.run<Asked, object>(REPORT, { answers: SPELLED });
    expect(spelled.data?.report.pay?.warnings).toEqual([]);
    expect(spelled.data?.report.id).not.toBe(data?.report.id);
    const again = await restart(server, CORRECT);
    const byId = await again.run(BY_ID, { id: data?.report.id });
    expect(byId.data).toMatchObject({
      reportById: {
        answers: { jobTitle: 'SOFTWARE DEVELOPER' },
        pay: { warnings: corrected.map(({ answerValue, code }) => ({ answerValue, code })) },
      },
    });
    expect(upstream.count('submit')).toBe(1);
  });

  it('is bought as given with ANSWER_CHECK=off', async ({ upstream, start, expect }) => {
    const server = await start({ env: { ANSWER_CHECK: 'off' } });
    const { data } = await server.run<Asked, object>(REPORT, { answers: GIVEN });
    expect(data?.report.pay?.warnings).toEqual([]);
    expect(upstream.submits().map(({ answers }) => answers.JobTitle)).toEqual(['SOFTWARE DEVELOPER']);
  });

  it('is another one for C, C# and C++, and for spellings of what upstream does not have', async ({
    upstream,
    start,
    expect,
  }) => {
    const server = await start(CORRECT);
    const skills = ['C', 'C#', 'C++', 'c#', 'c++'];
    await Promise.all(skills.map((skill) => server.run(REPORT, { answers: { ...SEATTLE, skills: [skill] } })));
    const bought = upstream.submits().map(({ answers }) => answers.Skills?.join() ?? '');
    expect(bought).toHaveLength(4);
    expect(new Set(bought)).toEqual(new Set(['C', 'C#', 'C++', 'c++']));
  });
});
