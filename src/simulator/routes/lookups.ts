import type { FastifyInstance, FastifyRequest } from 'fastify';
import { deliver, generalError, serve, type SimulatedResponse } from '../delivery.js';
import { bearerOf, callerError, queryText } from '../identify.js';
import { impactAnswers, type ImpactKind } from '../model/impact-report.js';
import { findTitle } from '../model/market.js';
import { completions, locationMatches, titleMatches } from '../model/suggestions.js';
import { resolveTitle } from '../model/title-match.js';
import type { SimulatorState } from '../state.js';

type Lookup = (request: FastifyRequest) => SimulatedResponse;

/** The synchronous endpoints, in both versions, and the status page. */
export function lookupRoutes(app: FastifyInstance, state: SimulatorState): void {
  const lookup = (path: string, respond: Lookup) => {
    for (const version of ['v1', 'v2']) {
      app.get(`/jobalyzer/${version}/${path}`, (request, reply) => {
        state.counters.add('lookups');
        return serve(state, reply, { on: 'lookup', types: [] }, () => guarded(state, request, respond));
      });
    }
  };

  for (const kind of ['skills', 'certs', 'education'] as const) {
    lookup(`impact/${kind}`, (request) => impact(request, kind));
  }
  lookup('autocomplete/:kind', autocomplete);
  lookup('jobtitlematch', (request) => {
    const title = queryText(request, 'JobTitle')?.trim();
    return title ? { status: 200, body: titleMatches(title) } : missing('JobTitle');
  });
  lookup('locations/:term', (request) => ({
    status: 200,
    body: locationMatches((request.params as { term: string }).term),
  }));

  const running = { status: 'OK', errorStatusCode: null, errorDescription: null };
  const status = { judgeServiceStatus: running, answerSearchServiceStatus: running, simulator: running };
  app.get('/status', (_request, reply) => deliver(state, reply, { status: 200, body: status, fixedSpelling: true }));
}

function guarded(state: SimulatorState, request: FastifyRequest, respond: Lookup): SimulatedResponse {
  const bearer = bearerOf(state, request);
  if ('refused' in bearer) return bearer.refused;
  return callerError(request.query as Record<string, unknown>) ?? respond(request);
}

function impact(request: FastifyRequest, kind: ImpactKind): SimulatedResponse {
  const submitted = queryText(request, 'jobTitle')?.trim();
  if (!submitted) return missing('jobTitle');
  const autoResolve = queryText(request, 'autoResolveJobTitle') ?? 'false';
  if (!/^(true|false)$/i.test(autoResolve)) {
    return generalError(400, 'InvalidRequest', 'autoResolveJobTitle must be true or false.');
  }
  const known = findTitle(submitted);
  const match = known
    ? { job: known, score: 100 }
    : autoResolve.toLowerCase() === 'true'
      ? resolveTitle(submitted)
      : null;
  if (!match) {
    const context = { MatchedFactors: null, JobTitleRating: 0, MatchedJobTitle: null, SubmittedJobTitle: submitted };
    return { status: 404, body: { ErrorMessage: `The job title "${submitted}" is not known.`, Context: context } };
  }
  const context = {
    MatchedFactors: { JobTitle: match.job.title },
    JobTitleRating: Math.round(match.score / 10) * 10,
    MatchedJobTitle: match.job.title,
    SubmittedJobTitle: submitted,
  };
  return { status: 200, body: { Answers: impactAnswers(match.job, kind), Context: context } };
}

function autocomplete(request: FastifyRequest): SimulatedResponse {
  const term = queryText(request, 'Term');
  if (term === null) return missing('Term');
  const found = completions((request.params as { kind: string }).kind, term);
  return found
    ? { status: 200, body: found }
    : generalError(404, 'NotFound', 'There is no such kind of answer to complete.');
}

function missing(name: string): SimulatedResponse {
  return generalError(400, 'InvalidRequest', `${name} is required exactly once.`);
}
