import { performance } from 'node:perf_hooks';
import type { WireSuggestions } from '../../../src/contract/wire.ts';
import type { Memory } from './memory.ts';
import type { Lookup, Route } from './routes.ts';
import { contextFor, impactBody, payBody, yoeBody } from './samples.ts';
import { json, NO_HINT, rejected, status, type Hint, type ResponseStep } from './steps.ts';
import type { RecordedRequest } from './types.ts';

const VOCABULARY: Record<string, string[]> = {
  JobTitle: ['Software Developer', 'Software Engineer', 'Senior Software Engineer', 'Registered Nurse (RN)', 'Cashier'],
  Skills: ['Python', 'PyTorch', 'C#', 'Microsoft Excel', 'Project Management'],
  Certifications: ['Project Management Professional (PMP)', 'Certified ScrumMaster (CSM)'],
  EmployerProductActivity: ['Software Development', 'Hospital', 'Retail Store'],
  HighestDegreeEarned: ["Bachelor's Degree", "Master's Degree (non-MBA)", 'Doctorate (PhD)'],
};
const SHORTEST_TERM: Record<string, number> = { JobTitle: 4, Skills: 2, EmployerProductActivity: 2 };
const PLACES = ['Seattle, Washington', 'Seattle Hill, Washington', 'Berlin, Germany', 'Boston, Massachusetts'];

/** The default response: immediate and successful. Accepts what a POST requests. */
export function usualResponse(request: RecordedRequest, route: Route, memory: Memory): ResponseStep {
  switch (route.kind) {
    case 'token':
      return json({
        access_token: memory.issueToken(),
        expires_in: memory.options.expiresIn,
        token_type: 'Bearer',
        scope: 'jobalyzer',
      });
    case 'submit':
      return spelled({ Links: memory.accept(request), Warnings: null, Errors: null });
    case 'poll':
      return usualPoll(route, memory);
    case 'lookup':
      return usualLookup(route.lookup, request.query);
    case 'status': {
      const up = { status: 'OK', errorStatusCode: null, errorDescription: null };
      return json({ judgeServiceStatus: up, answerSearchServiceStatus: up });
    }
    default:
      return status(404);
  }
}

function usualPoll(route: Route & { kind: 'poll' }, memory: Memory): ResponseStep {
  const link = memory.link(route.link);
  if (!link.report) {
    memory.violations.push(`poll ${route.link}: a link that was never given`);
    return rejected([{ AnswerId: null, AnswerValue: null, Message: 'No such report', Code: 'NotFound' }], 404);
  }
  if (link.readyAt !== undefined) {
    const leftMs = link.readyAt - performance.now();
    return leftMs > 0 ? pendingResponse(Math.ceil(leftMs), memory) : readyResponse(undefined, route, memory);
  }
  return link.pending < memory.options.pendingPolls
    ? pendingResponse(undefined, memory)
    : readyResponse(undefined, route, memory);
}

export function pendingResponse(hint: Hint | undefined, { options }: Memory): ResponseStep {
  const said = hint === undefined ? options.retryAfterMs : hint;
  const notices = { Warnings: null, Errors: null };
  return spelled(said === NO_HINT ? notices : { RetryAfterMilliseconds: said, ...notices }, 202);
}

/** A finished report: the given body, or a sample with the submitted answers in its context. */
export function readyResponse(body: object | undefined, route: Route, memory: Memory): ResponseStep {
  if (route.kind !== 'poll') return spelled(body ?? payBody());
  const { JobTitle, ...factors } = memory.link(route.link).answers ?? { JobTitle: 'Software Developer' };
  const Context = contextFor(JobTitle, factors);
  if (route.report === 'yoe') return spelled(body ?? { ...yoeBody(), Context });
  return spelled(wrapped(body ?? { ...payBody(), Context }, memory.options.wrapper));
}

function wrapped(body: object, wrapper: 'Report' | 'Reports'): object {
  if (wrapper === 'Report' || !('Report' in body) || 'Reports' in body) return body;
  const { Report, ...rest } = body;
  return { Reports: Report, ...rest };
}

function usualLookup(lookup: Lookup, query: Record<string, string>): ResponseStep {
  switch (lookup.name) {
    case 'impact':
      return spelled({ ...impactBody(), Context: contextFor(query['jobTitle'] ?? '') });
    case 'autocomplete': {
      const term = query['Term'] ?? '';
      if (term.length < (SHORTEST_TERM[lookup.category] ?? 1)) return spelled({ Answers: [] });
      return spelled(suggestions(VOCABULARY[lookup.category] ?? [], term));
    }
    case 'jobtitlematch': {
      const title = query['JobTitle'] ?? '';
      return spelled({
        Answers: [{ Answer: title, Score: 1 }],
        Tasks: { [title]: ['Write and test code.', 'Review the work of others.'] },
        YearsExperience: null,
      });
    }
    default: {
      const found = PLACES.filter((place) => place.toLowerCase().startsWith(lookup.term.toLowerCase()));
      const results = found.map((place, index) => ({ Text: place, Id: 1000 + index, Frequency: 500 - index }));
      return spelled({ Name: 'Locations', Results: results });
    }
  }
}

function suggestions(words: string[], term: string): WireSuggestions {
  const found = words.filter((word) => word.toLowerCase().includes(term.toLowerCase())).slice(0, 10);
  return { Answers: found.map((word, index) => ({ Answer: word, Score: 100 - index })) };
}

function spelled(body: object, code = 200): ResponseStep {
  return { do: 'respond', status: code, body, headers: {}, respell: true };
}
