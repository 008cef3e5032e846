import { describe, expect, it } from 'vitest';
import { askToken, call, CLIENT, clientOf, codes, NURSE, started, stopClock, tokenForm } from './helpers.js';

describe('submitting to the simulator', () => {
  it('returns a link for each requested report only', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    const both = await client.ask();
    expect(both.status).toBe(200);
    expect(both.body).toEqual({
      Links: {
        Self: expect.any(String),
        PayReport: expect.stringContaining(`${simulator.origin}/jobalyzer/v1/reports/pay/`),
        YearsExperienceReport: expect.stringContaining(`${simulator.origin}/jobalyzer/v1/reports/yoe/`),
      },
      Warnings: null,
      Errors: null,
    });
    const one = await client.ask(NURSE, { requestedReports: ['pay'] });
    expect(Object.keys(one.body.Links)).toEqual(['Self', 'PayReport']);
  });

  it('returns v2 links on v2 paths, and mixed versions with mixedLinks', async () => {
    const client = await clientOf(await started());
    const body = { customerId: CLIENT, user: CLIENT, requestedReports: ['yoe', 'pay'], answers: NURSE };
    const { Links } = (await client.post(body, '/jobalyzer/v2/reports')).body;
    expect(Links.PayReport).toContain('/jobalyzer/v2/');
    expect((await client.get(Links.PayReport)).status).toBe(200);

    const mixing = await clientOf(await started({ mixedLinks: true }));
    const mixed = (await mixing.ask()).body.Links;
    expect([mixed.PayReport, mixed.YearsExperienceReport].map((link) => /v[12]/.exec(link)?.[0])).toEqual(['v1', 'v2']);
    expect((await mixing.get(mixed.YearsExperienceReport)).status).toBe(200);
  });

  it('returns links with the host of the request, or with linkOrigin', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    const { port } = new URL(simulator.origin);
    const response = await fetch(`http://localhost:${port}/jobalyzer/v1/reports`, {
      method: 'POST',
      headers: { authorization: client.authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ customerId: CLIENT, user: CLIENT, requestedReports: ['pay'], answers: NURSE }),
    });
    const { Links } = (await response.json()) as { Links: { PayReport: string } };
    expect(new URL(Links.PayReport).origin).toBe(`http://localhost:${port}`);
    simulator.configure({ linkOrigin: 'http://127.0.0.2:1' });
    expect(new URL((await client.ask()).body.Links.PayReport).origin).toBe('http://127.0.0.2:1');
  });

  it.each([
    ['no customerId', { customerId: undefined }, 'customerId'],
    ['a blank user', { user: ' ' }, 'user'],
    ['a customerId that is not text', { customerId: 7 }, 'customerId'],
    ['no requestedReports', { requestedReports: undefined }, 'requestedReports'],
    ['an empty list of reports', { requestedReports: [] }, 'requestedReports'],
    ['an unknown report', { requestedReports: ['pay', 'PAY'] }, 'requestedReports'],
    ['a nested list of reports', { requestedReports: [['pay']] }, 'requestedReports'],
    ['a repeated report', { requestedReports: ['pay', 'pay'] }, 'requestedReports'],
    ['a flag that is a string', { AutoResolveJobTitle: 'true' }, 'AutoResolveJobTitle'],
    ['an unknown field', { requestId: '1' }, 'requestId'],
    ['no answers', { answers: undefined }, 'answers'],
    ['no job title', { answers: { Country: 'Germany' } }, 'JobTitle'],
    ['no country', { answers: { JobTitle: 'Chef' } }, 'Country'],
    ['an unknown answer', { answers: { ...NURSE, Salary: 1 } }, 'Salary'],
    ['an answer in another letter case', { answers: { ...NURSE, city: 'Seattle' } }, 'city'],
    ['years that are not a number', { answers: { ...NURSE, YearsExperience: 'five' } }, 'YearsExperience'],
    ['negative years', { answers: { ...NURSE, YearsExperience: -1 } }, 'YearsExperience'],
    ['skills that are not a list', { answers: { ...NURSE, Skills: 'Telemetry' } }, 'Skills'],
  ])('rejects %s', async (_case, changes, id) => {
    const simulator = await started();
    const reply = await (await clientOf(simulator)).ask(NURSE, changes);
    expect(reply.status).toBe(400);
    expect(codes(reply)).toEqual([[id, 'InvalidRequest']]);
    expect(reply.body.Links).toBeUndefined();
    expect(simulator.counters()).toMatchObject({ posts: 1, acceptedPosts: 0, submittedReports: 0 });
  });

  it('accepts the fields of the body in any letter case', async () => {
    const client = await clientOf(await started());
    const body = { CustomerId: CLIENT, User: CLIENT, RequestedReports: ['pay'], Answers: NURSE };
    expect((await client.post(body)).status).toBe(200);
  });

  it('accepts a customer id other than the client id, and demands it again when the report is collected', async () => {
    const client = await clientOf(await started());
    const { PayReport } = (await client.ask(NURSE, { customerId: 'customer 7', user: 'somebody' })).body.Links;
    expect((await client.get(PayReport)).status).toBe(400);
    expect((await client.get(PayReport, 'customerId=customer+7&user=somebody')).status).toBe(200);
  });

  it('treats null as absent', async () => {
    const answers = { ...NURSE, State: null, Skills: null, YearsExperience: null };
    expect((await (await clientOf(await started())).ask(answers, { AutoResolveJobTitle: null })).status).toBe(200);
  });

  it('accepts only a valid JSON object', async () => {
    const client = await clientOf(await started());
    const body = JSON.stringify({ customerId: CLIENT, user: CLIENT, requestedReports: ['pay'], answers: NURSE });
    expect((await client.post(body, undefined, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await client.post(body.slice(1))).status).toBe(400);
    expect((await client.post('[]')).status).toBe(400);
  });

  it.each([
    [{ JobTitle: 'Dragon Tamer' }, 'JobTitle'],
    [{ JobTitle: 'Software Enginer', City: undefined }, 'JobTitle'],
    [{ Country: 'Atlantis' }, 'Country'],
    [{ State: 'Bavaria' }, 'State'],
    [{ State: 'Oregon' }, 'City'],
    [{ City: 'Gotham' }, 'City'],
  ])('rejects %j as unconfirmed', async (changes, id) => {
    const simulator = await started();
    const reply = await (await clientOf(simulator)).ask({ ...NURSE, ...changes });
    expect(reply.status).toBe(400);
    expect(codes(reply)).toEqual([[id, 'UnconfirmedAnswer']]);
    expect(reply.body.Errors[0].AnswerValue).toBe(
      Object.values(changes)[0] === 'Oregon' ? 'Seattle' : Object.values(changes)[0],
    );
    expect(simulator.counters().submittedReports).toBe(0);
  });

  it('ignores every unknown answer with a warning if unknownAnswers is ignore', async () => {
    const client = await clientOf(await started({ unknownAnswers: 'ignore' }));
    const answers = { JobTitle: 'Dragon Tamer', Country: 'United States', State: 'Mordor', City: 'Seattle' };
    const { status, body } = await client.ask(answers);
    expect(status).toBe(200);
    expect(body.Warnings.map(({ AnswerId }: { AnswerId: string }) => AnswerId)).toEqual(['JobTitle', 'State']);
    const pay = (await client.get(body.Links.PayReport)).body;
    expect(pay.Warnings).toEqual(body.Warnings);
    expect(pay.Report.RankedFactors.map(({ Field }: { Field: string }) => Field)).toContain('City');
    expect((await client.ask({ JobTitle: 'Chef', Country: 'Atlantis' })).status).toBe(200);
  });

  it('ignores unknown degrees, skills, certifications and activities with a warning each', async () => {
    const client = await clientOf(await started());
    const answers = {
      ...NURSE,
      Skills: ['Telemetry', 'Juggling'],
      Certifications: ['Knighthood'],
      HighestDegreeEarned: "bachelor's degree",
      EmployerProductActivity: 'Alchemy',
    };
    const { body } = await client.ask(answers);
    const ids = [
      ['Skills', 'Juggling'],
      ['Certifications', 'Knighthood'],
      ['HighestDegreeEarned', "bachelor's degree"],
      ['EmployerProductActivity', 'Alchemy'],
    ];
    const warned = (warnings: { AnswerId: string; AnswerValue: string }[]) =>
      warnings.map(({ AnswerId, AnswerValue }) => [AnswerId, AnswerValue]);
    expect(warned(body.Warnings)).toEqual(ids);
    expect(warned((await client.get(body.Links.PayReport)).body.Warnings)).toEqual(ids);
  });

  it('rejects answers that are too long for a link', async () => {
    const simulator = await started();
    const Skills = Array.from({ length: 900 }, (_, at) => `Skill number ${at}`);
    expect((await (await clientOf(simulator)).ask({ ...NURSE, Skills })).status).toBe(400);
    expect(simulator.counters().submittedReports).toBe(0);
  });
});

describe('collecting from the simulator', () => {
  it('responds with 202 until the report is ready, then returns it any number of times', async () => {
    const moveClock = stopClock();
    const client = await clientOf(await started({ delayMs: { min: 300, max: 300 } }));
    const { Links } = (await client.ask()).body;
    for (const [ms, hint] of [
      [0, 300],
      [150, 150],
      [149, 100],
    ] as const) {
      moveClock(ms);
      const pending = await client.get(Links.PayReport);
      expect(pending.status).toBe(202);
      expect(pending.body).toEqual({ RetryAfterMilliseconds: hint, Warnings: null, Errors: null });
    }
    moveClock(1);
    const [first, again] = [await client.get(Links.PayReport), await client.get(Links.PayReport)];
    expect(first.status).toBe(200);
    expect(again.body).toEqual(first.body);
  });

  it('has a delay that depends on the answers and is within the configured range', async () => {
    const simulator = await started({ delayMs: { min: 10_000, max: 60_000 }, retryAfterMs: 'remaining' });
    const client = await clientOf(simulator);
    const readyIn = async (answers: object) => {
      const link = (await client.ask(answers)).body.Links.PayReport as string;
      const payload = Buffer.from(link.split('/').at(-1)?.split('.')[0] ?? '', 'base64url').toString();
      const acceptedAt = simulator.counters().purchases.at(-1)?.at ?? '';
      return JSON.parse(payload)[0].readyAt - Date.parse(acceptedAt);
    };
    const [one, same, other] = [
      await readyIn(NURSE),
      await readyIn(NURSE),
      await readyIn({ ...NURSE, City: 'Boston' }),
    ];
    expect(same).toBe(one);
    expect(Math.abs(one - other)).toBeGreaterThan(500);
    for (const ms of [one, same, other]) expect(ms >= 10_000 && ms <= 60_000).toBe(true);
  });

  it.each([
    ['absent', undefined],
    ['text', 'soon'],
    [null, null],
    [-5, -5],
    [1e9, 1e9],
  ] as const)('returns the hint %j as %j', async (retryAfterMs, hint) => {
    const client = await clientOf(await started({ delayMs: { min: 9_000, max: 9_000 }, retryAfterMs }));
    const { body } = await client.get((await client.ask()).body.Links.PayReport);
    expect(body.RetryAfterMilliseconds).toBe(hint);
  });

  it('requires the caller for which the report was made', async () => {
    const simulator = await started();
    const client = await clientOf(simulator);
    const { PayReport } = (await client.ask()).body.Links;
    expect((await client.get(PayReport, '')).status).toBe(400);
    expect(codes(await client.get(PayReport, `customerId=${CLIENT}`))).toEqual([['user', 'InvalidRequest']]);
    expect((await client.get(PayReport, 'customerId=other&user=other')).status).toBe(400);
    expect((await client.get(PayReport, `CUSTOMERID=${CLIENT}&User=${CLIENT}`)).status).toBe(200);
  });

  it('responds with 404 to a link of another client', async () => {
    const simulator = await started();
    const { PayReport } = (await (await clientOf(simulator)).ask()).body.Links;
    const form = tokenForm({ client_id: 'other' });
    const headers = { authorization: `Bearer ${(await askToken(simulator, form)).body.access_token}` };
    expect((await call(`${PayReport}?customerId=other&user=other`, { headers })).status).toBe(404);
  });

  it('responds with 404 to a modified or expired link', async () => {
    const moveClock = stopClock();
    const simulator = await started({ linkLifeMs: 1_000 });
    const client = await clientOf(simulator);
    const { PayReport } = (await client.ask()).body.Links as { PayReport: string };
    for (const link of [`${PayReport}0`, PayReport.replace('/pay/', '/yoe/'), PayReport.replace(/pay\/./, 'pay/X')]) {
      expect(codes(await client.get(link)), link).toEqual([[null, 'ReportNotFound']]);
    }
    moveClock(1_000);
    expect((await client.get(PayReport)).status).toBe(200);
    moveClock(1);
    expect(await client.get(PayReport)).toMatchObject({ status: 404, body: { Errors: [{ Code: 'ReportExpired' }] } });
  });

  it('returns a report from another simulator instance on another port', async () => {
    const [here, there] = [await started(), await started()];
    const { Links } = (await (await clientOf(here)).ask()).body;
    const wanted = (await (await clientOf(here)).get(Links.PayReport)).body;
    await here.close();
    const moved = Links.PayReport.replace(here.origin, there.origin);
    expect(await (await clientOf(there)).get(moved)).toMatchObject({ status: 200, body: wanted });
  });

  it('applies the letter case and wrapper settings', async () => {
    const moveClock = stopClock();
    const simulator = await started({ letterCase: 'camel', wrapper: 'Reports', delayMs: { min: 150, max: 150 } });
    const client = await clientOf(simulator);
    const { links } = (await client.ask(NURSE, { AutoResolveJobTitle: true })).body;
    expect(Object.keys(links)).toEqual(['self', 'payReport', 'yearsExperienceReport']);
    expect((await client.get(links.payReport)).body).toHaveProperty('retryAfterMilliseconds');
    moveClock(150);
    const pay = (await client.get(links.payReport)).body;
    expect(Object.keys(pay)).toEqual(['reports', 'warnings', 'errors', 'context']);
    expect(pay.reports.basePayReport.fullPercentiles['50']).toBe(pay.reports.basePayReport.percentile50);
    expect((await client.get(links.yearsExperienceReport)).body.report.ranges[0]).toHaveProperty('percent50');
    const refused = await client.ask({ JobTitle: 'Dragon Tamer', Country: 'Germany' });
    expect(refused.body.errors[0]).toMatchObject({ answerId: 'JobTitle', code: 'UnconfirmedAnswer' });
  });
});
