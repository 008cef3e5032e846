import { z } from 'zod';
import type { Memory } from './memory.ts';
import type { Route } from './routes.ts';
import { json, rejected, status, type ResponseStep } from './steps.ts';
import type { RecordedRequest } from './types.ts';

const DEGREES = [
  'Any',
  'GED or High School Diploma',
  "Associate's Degree",
  "Bachelor's Degree",
  "Master's Degree (non-MBA)",
  'Master of Business Administration (MBA)',
  'Juris Doctor (JD), Master of Jurisprudence, or Master of Law (LLM)',
  'Doctorate (PhD)',
  'Doctor of Medicine (MD)',
];

const text = z.string().min(1);
const number = z.union([z.number(), text]);

const answers = z.strictObject({
  JobTitle: text,
  Country: text,
  State: text.optional(),
  City: text.optional(),
  YearsExperience: z.number().min(0).optional(),
  HighestDegreeEarned: z.enum(DEGREES).optional(),
  Skills: z.array(text).optional(),
  Certifications: z.array(text).optional(),
  AverageSizeCompetitor: number.optional(),
  CompanySales: number.optional(),
  EmployerProductActivity: text.optional(),
});

const submission = (customerId: string) =>
  z.strictObject({
    customerId: z.literal(customerId),
    user: z.literal(customerId),
    AutoResolveJobTitle: z.boolean().optional(),
    requestedReports: z
      .array(z.enum(['pay', 'yoe']))
      .min(1)
      .refine((types) => new Set(types).size === types.length, 'a report type is asked for twice'),
    answers,
  });

const tokenForm = (clientId: string, clientSecret: string) =>
  z.strictObject({
    grant_type: z.literal('client_credentials'),
    scope: z.literal('jobalyzer'),
    client_id: z.literal(clientId),
    client_secret: z.literal(clientSecret),
  });

/** The faults of a request, and the response that refuses it if it cannot be served. */
export interface Verdict {
  faults: string[];
  refusal?: ResponseStep;
}

export function judge(request: RecordedRequest, route: Route, memory: Memory): Verdict {
  const faults = protocolFaults(request, memory);
  const refuse = (refusal: ResponseStep, ...why: string[]): Verdict => ({ faults: [...faults, ...why], refusal });

  if (route.kind === 'unknown') return refuse(status(404), 'unexpected path');
  if (route.kind === 'token') {
    const wrong = tokenFaults(request, memory);
    return wrong.length > 0 ? refuse(json({ error: 'invalid_client' }, 400), ...wrong) : { faults };
  }

  const bearer = /^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1];
  const challenge = status(401, undefined, { 'www-authenticate': 'Bearer error="invalid_token"' });
  if (!bearer) return refuse(challenge, 'no bearer token');
  const token = memory.tokenIs(bearer);
  if (token === 'unknown') return refuse(challenge, 'a bearer token that was never issued');

  const wrong = requestFaults(request, route, memory.options.customerId);
  if (wrong.length > 0) return refuse(badRequest(wrong), ...wrong);
  // An expired token is normal, not a violation.
  return token === 'over' ? refuse(challenge) : { faults };
}

/** Faults that are recorded but do not prevent a request from being served. */
function protocolFaults({ headers, kind, path }: RecordedRequest, memory: Memory): string[] {
  const faults: string[] = [];
  if (kind === 'token' && headers['authorization'] !== undefined) faults.push('an authorization header for a token');
  if (headers['expect'] !== undefined) faults.push(`expect: ${headers['expect']}`);
  if (headers['accept-encoding'] !== 'identity') {
    faults.push(`accept-encoding is ${headers['accept-encoding'] ?? 'absent'}, not identity`);
  }
  if (memory.redirects.has(path)) faults.push('a redirect was followed');
  return faults;
}

function tokenFaults(request: RecordedRequest, { options }: Memory): string[] {
  const form = tokenForm(options.clientId, options.clientSecret);
  return bodyFaults(request, 'application/x-www-form-urlencoded', form);
}

function requestFaults(request: RecordedRequest, route: Route, customerId: string): string[] {
  const { query } = request;
  if (route.kind === 'submit') return bodyFaults(request, 'application/json', submission(customerId));
  if (request.body !== undefined) return ['a body that nothing reads'];
  if (route.kind === 'poll') return missing(query, { customerId, user: customerId });
  if (route.kind !== 'lookup') return [];
  switch (route.lookup.name) {
    case 'impact':
      return missing(query, { jobTitle: undefined, customerId, user: customerId });
    case 'autocomplete':
      return missing(query, { Term: undefined, CustomerId: customerId, User: customerId });
    case 'jobtitlematch':
      return missing(query, { JobTitle: undefined });
    default:
      return [];
  }
}

/** Missing or wrong parameters; `undefined` stands for any value that is not empty. */
function missing(query: Record<string, string>, wanted: Record<string, string | undefined>): string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => (value === undefined ? !query[name] : query[name] !== value))
    .map(([name]) => `query: ${name} is ${query[name] === undefined ? 'absent' : `'${query[name]}'`}`);
}

function bodyFaults({ headers, body }: RecordedRequest, contentType: string, schema: z.ZodType): string[] {
  const type = headers['content-type'];
  if (type?.split(';')[0]?.trim() !== contentType) return [`content-type is ${type ?? 'absent'}, not ${contentType}`];
  const { error } = schema.safeParse(body);
  return error ? error.issues.map((issue) => `body: ${['', ...issue.path].join('/')} ${issue.message}`) : [];
}

function badRequest(faults: string[]): ResponseStep {
  return rejected(
    faults.map((fault) => ({ AnswerId: null, AnswerValue: null, Message: fault, Code: 'BadRequest' })),
    400,
  );
}
