import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WireIssue, WireReportKey, WireReportsResponse } from '../../contract/wire.js';
import { errorResponse, generalError, serve, type SimulatedResponse } from '../delivery.js';
import { fraction } from '../hash.js';
import { bearerOf, callerError, callerField, cookieOf } from '../identify.js';
import { formLink, isIntact } from '../link-forms.js';
import { canonicalAnswers, readLink, reportKey, writeLink, type LinkedReport } from '../links.js';
import { confirmAnswers } from '../model/answers.js';
import { experienceSample } from '../model/experience-report.js';
import type { PayFactors } from '../model/pay-model.js';
import { paySample } from '../model/pay-report.js';
import { prepareReport } from '../report-body.js';
import { parseObject, readReportRequest, type ReportRequest } from '../report-request.js';
import type { SimulatorState } from '../state.js';

/** Node accepts 16 KiB of headers, including the request line; a link must stay well below that. */
const LONGEST_LINK = 12_000;

/** The response that `truncated` cuts off when nothing was accepted. */
const NOT_ACCEPTED: SimulatedResponse = {
  status: 200,
  body: { Links: { Self: null, PayReport: null, YearsExperienceReport: null }, Warnings: null, Errors: null },
};

/** The cookie of a load balancer. */
const AFFINITY = 'ARRAffinity';

type Version = 'v1' | 'v2';

/** Submitting and collecting reports, in both API versions. */
export function reportRoutes(app: FastifyInstance, state: SimulatorState): void {
  for (const version of ['v1', 'v2'] as const) {
    app.post(`/jobalyzer/${version}/reports`, async (request, reply) => {
      state.counters.add('posts');
      const body = parseObject(request.body);
      const asked = body?.['requestedReports'];
      const types = (['pay', 'yoe'] as const).filter((type) => Array.isArray(asked) && asked.includes(type));
      const read = body && readReportRequest(body);
      if (read?.ok) {
        const key = reportKey(read.request.answers, read.request.autoResolve);
        for (const type of read.request.types) state.counters.asked({ type, key });
      }
      return serve(state, reply, { on: 'submit', types }, () => submit(state, request, body, version), NOT_ACCEPTED);
    });

    for (const type of ['pay', 'yoe'] as const) {
      app.get<{ Params: { link: string } }>(`/jobalyzer/${version}/reports/${type}/:link`, async (request, reply) => {
        reply.raw.once('close', state.counters.pollOpened(request.params.link));
        return serve(state, reply, { on: 'poll', types: [type] }, () =>
          collect(state, request, request.params.link, type),
        );
      });
    }
  }
}

function submit(
  state: SimulatorState,
  request: FastifyRequest,
  body: Record<string, unknown> | null,
  version: Version,
): SimulatedResponse {
  const bearer = bearerOf(state, request);
  if ('refused' in bearer) return bearer.refused;
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    return generalError(415, 'InvalidRequest', 'The content type must be application/json.');
  }
  if (!body) return generalError(400, 'InvalidRequest', 'The body must be a JSON object.');
  const refused = callerError(body);
  if (refused) return refused;
  const read = readReportRequest(body);
  if (!read.ok) return errorResponse(400, read.errors);
  const ignoreUnknown = state.settings.unknownAnswers === 'ignore';
  const confirmed = confirmAnswers(read.request.answers, read.request.autoResolve, ignoreUnknown);
  if (!confirmed.ok) return errorResponse(400, confirmed.errors);

  const now = Date.now();
  const customerId = String(callerField(body, 'customerId'));
  // Like a load balancer: whoever has been given a server stays with it.
  const affinity = state.settings.affinity ? (cookieOf(request, AFFINITY) ?? randomBytes(8).toString('hex')) : null;
  const written = read.request.types.map((type) => {
    const linked: LinkedReport = {
      ...accept(state, read.request, type, bearer.clientId, now),
      customerId,
      ...(ignoreUnknown ? { ignoreUnknown } : {}),
      ...(affinity ? { affinity } : {}),
      ...(state.settings.linkForms.includes('signed') ? { signed: true } : {}),
    };
    return { type, linked, link: writeLink(linked), rating: ratingOf(type, confirmed.factors) };
  });
  if (written.some(({ link }) => link.length > LONGEST_LINK)) {
    return generalError(400, 'InvalidRequest', 'There are too many answers.');
  }
  const key = reportKey(read.request.answers, read.request.autoResolve);
  state.counters.add('acceptedPosts');
  const inLog = written.map(({ type, linked, link, rating }) => {
    state.counters.purchase({ at: new Date(now).toISOString(), type, key, billable: rating > 0 });
    const logged = { report: linked, link, request: String(request.body), rating, acceptedAt: now };
    const reportId = state.usage.accepted(logged);
    return { type, link: state.settings.linkForms.includes('report-id') ? reportId : link };
  });
  state.log.debug({ key, types: read.request.types }, 'simulator: reports accepted');
  const headers: Record<string, string> = affinity ? { 'set-cookie': `${AFFINITY}=${affinity}; Path=/; HttpOnly` } : {};
  return {
    status: 200,
    headers,
    body: linksResponse(state, request, version, inLog, confirmed.warnings, customerId),
  };
}

function accept(
  state: SimulatorState,
  request: ReportRequest,
  type: WireReportKey,
  clientId: string,
  now: number,
): LinkedReport {
  const { min, max } = state.settings.delayMs;
  const answers = canonicalAnswers(request.answers);
  const place = fraction(`${reportKey(answers, request.autoResolve)}:${type}`);
  const delay = Math.round(min + (max - min) * place);
  return { type, answers, autoResolve: request.autoResolve, clientId, readyAt: now + delay };
}

function linksResponse(
  state: SimulatorState,
  request: FastifyRequest,
  version: Version,
  written: { type: WireReportKey; link: string }[],
  warnings: WireIssue[],
  customerId: string,
): WireReportsResponse {
  const { linkOrigin, mixedLinks, linkForms } = state.settings;
  // The host of the request, so that a client that uses "localhost" does not get links to another origin.
  const origin = linkOrigin ? new URL(linkOrigin).origin : `http://${request.host}`;
  const otherVersion = mixedLinks ? (version === 'v1' ? 'v2' : 'v1') : version;
  const url = (type: WireReportKey) => {
    const found = written.find((report) => report.type === type);
    if (!found) return undefined;
    const path = `/jobalyzer/${type === 'pay' ? version : otherVersion}/reports/${type}`;
    const link = formLink({ origin, path, payload: found.link }, linkForms, customerId);
    return linkForms.includes('same') ? state.previousLink(type, link) : link;
  };
  const [pay, yoe] = [url('pay'), url('yoe')];
  return {
    Links: {
      Self: `${origin}/jobalyzer/${version}/reports`,
      ...(pay ? { PayReport: pay } : {}),
      ...(yoe ? { YearsExperienceReport: yoe } : {}),
    },
    Warnings: warnings.length > 0 ? warnings : null,
    Errors: null,
  };
}

function collect(state: SimulatorState, request: FastifyRequest, link: string, type: WireReportKey): SimulatedResponse {
  const bearer = bearerOf(state, request);
  if ('refused' in bearer) return bearer.refused;
  const linked = state.usage.find(link)?.report ?? readLink(link);
  const customerId = linked?.clientId === bearer.clientId ? (linked.customerId ?? linked.clientId) : null;
  const refused = callerError(request.query as Record<string, unknown>, customerId);
  if (refused) return refused;
  const { settings } = state;
  const now = Date.now();
  const here = !linked?.affinity || cookieOf(request, AFFINITY) === linked.affinity;
  if (!linked || linked.type !== type || linked.clientId !== bearer.clientId || !here) {
    return generalError(404, 'ReportNotFound', 'No such report.');
  }
  if (!isIntact(request.raw.url ?? '', linked.signed === true)) {
    return generalError(403, 'InvalidSignature', 'The query of the link was changed.');
  }
  if (now - linked.readyAt > settings.linkLifeMs) {
    return generalError(404, 'ReportExpired', 'The report can no longer be collected.');
  }
  const prepared = prepareReport(linked, settings);
  if (!prepared.ok) return errorResponse(400, prepared.errors);
  const { warnings, bodyOf } = prepared;
  if (now < linked.readyAt) {
    const hint = retryHint(settings.retryAfterMs, linked.readyAt - now);
    return { status: 202, body: { ...hint, Warnings: warnings, Errors: null } };
  }
  state.counters.add('collected');
  state.usage.delivered(link, now);
  return { status: 200, body: bodyOf(type), otherType: () => bodyOf(type === 'pay' ? 'yoe' : 'pay') };
}

function ratingOf(type: WireReportKey, factors: PayFactors): number {
  return type === 'pay' ? paySample(factors).rating : experienceSample(factors).rating;
}

function retryHint(setting: SimulatorState['settings']['retryAfterMs'], remaining: number): Record<string, unknown> {
  if (setting === 'absent') return {};
  if (setting === 'text') return { RetryAfterMilliseconds: 'soon' };
  if (setting === 'remaining') return { RetryAfterMilliseconds: Math.min(500, Math.max(100, Math.ceil(remaining))) };
  return { RetryAfterMilliseconds: setting };
}
