import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { calledAs } from '../lib/called-as.js';
import type { FaultRule } from './fault-rule.js';
import { LINK_FORMS, type LinkForm } from './link-forms.js';
import { NAMED_FAULTS } from './named-faults.js';
import { faultRuleSchema, settingsSchema } from './settings.js';
import type { SimulatorOptions } from './simulator.js';
import { usageSchema } from './usage/settings.js';

const DEFAULT_PORT = 4010;

export type CommandLine =
  { kind: 'run'; options: SimulatorOptions } | { kind: 'help'; text: string } | { kind: 'refused'; reason: string };

type Read = (text: string) => unknown;

interface Flag {
  allowed: string;
  help: string;
  /** @returns the value, or undefined if it is not allowed. */
  read: Read;
}

const shape = settingsSchema.shape;

const FLAGS = {
  port: flag(
    'a whole number from 0 to 65535',
    `port to listen on, 0 for any free port (default ${DEFAULT_PORT})`,
    port,
  ),
  'client-id': flag('a string', 'with --client-secret: the only client that gets a token', text),
  'client-secret': flag('a string', 'with --client-id: its secret', text),
  'letter-case': flag('pascal or camel', 'letter case of response keys (default pascal)', as(shape.letterCase)),
  wrapper: flag('Report, Reports or none', 'field that wraps a pay report (default Report)', as(shape.wrapper)),
  'unknown-answers': flag(
    'refuse or ignore',
    'what becomes of an unknown title, country, state or city (default refuse)',
    as(shape.unknownAnswers),
  ),
  'delay-min': flag('milliseconds, 0 to 86400000', 'minimum time until a report is ready (default 200)', duration),
  'delay-max': flag('milliseconds, 0 to 86400000', 'maximum time until a report is ready (default 2000)', duration),
  'retry-after-ms': flag(
    'a number, null, remaining, absent or text',
    'RetryAfterMilliseconds of a 202 (default remaining)',
    (value) => as(shape.retryAfterMs)(value === 'null' ? null : (numberOf(value) ?? value)),
  ),
  'latency-ms': flag('milliseconds, 0 to 600000', 'added to every response (default 0)', number(shape.latencyMs)),
  'token-life-ms': flag(
    'milliseconds, 0 to 86400000',
    'actual lifetime of a token (default 600000)',
    number(shape.tokenLifeMs),
  ),
  'expires-in': flag('a number of seconds', 'expires_in of the token response (default 3600)', number(shape.expiresIn)),
  'link-life-ms': flag(
    'milliseconds, 0 to 31536000000',
    'how long a ready report can be collected (default 604800000)',
    number(shape.linkLifeMs),
  ),
  'link-origin': flag(
    'an http or https URL',
    'origin used in links (default: that of the request)',
    as(shape.linkOrigin),
  ),
  'date-offset-ms': flag(
    'milliseconds, also negative',
    'how far the Date header is ahead of the clock (default 0)',
    number(shape.dateOffsetMs),
  ),
  usage: flag(
    'a JSON object such as {"delayMs":5000,"missingEvery":3}',
    'how the usage log is kept and written',
    (value) => usageSchema.partial().safeParse(jsonOf(value)).data,
  ),
  seed: flag('a whole number', 'seed of the random generator for "probability" (default 1)', number(shape.seed)),
} satisfies Record<string, Flag>;

const LINK_FORM = flag(LINK_FORMS.join(', '), 'how links are written; may be repeated', (value) =>
  LINK_FORMS.find((form) => form === value),
);
const FAULT = flag(
  'a name below, with =N for N times, or a JSON object such as {"on":"poll","kind":"status","status":500,"times":2}',
  'a fault to inject; may be repeated',
  (value) => faultRuleSchema.safeParse(jsonOf(value) ?? value).data,
);

/** @returns the parsed arguments (without node and script); a refusal names the flag, the problem and what is allowed. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const given = parse(args);
  if (typeof given === 'string') return { kind: 'refused', reason: given };
  if (given.help) return { kind: 'help', text: helpText() };

  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(FLAGS)) {
    const value = given[name as keyof typeof FLAGS];
    if (value === undefined) continue;
    values[name] = flag.read(value);
    if (values[name] === undefined) return { kind: 'refused', reason: notAllowed(name, value, flag) };
  }
  const faults: FaultRule[] = [];
  for (const value of given.fault ?? []) {
    const rule = FAULT.read(value) as FaultRule | undefined;
    if (!rule) return { kind: 'refused', reason: notAllowed('fault', value, FAULT) };
    faults.push(rule);
  }
  const linkForms: LinkForm[] = [];
  for (const value of given['link-form'] ?? []) {
    const form = LINK_FORM.read(value) as LinkForm | undefined;
    if (!form) return { kind: 'refused', reason: notAllowed('link-form', value, LINK_FORM) };
    linkForms.push(form);
  }

  const delayMs = { min: (values['delay-min'] ?? 200) as number, max: (values['delay-max'] ?? 2_000) as number };
  // If only one bound is given, the default of the other is adjusted to it.
  if (values['delay-max'] === undefined) delayMs.max = Math.max(delayMs.min, delayMs.max);
  if (values['delay-min'] === undefined) delayMs.min = Math.min(delayMs.min, delayMs.max);
  if (delayMs.min > delayMs.max) {
    return { kind: 'refused', reason: `--delay-min: ${delayMs.min} is above --delay-max, ${delayMs.max}` };
  }
  if ((given['client-id'] === undefined) !== (given['client-secret'] === undefined)) {
    const missing = given['client-id'] === undefined ? '--client-id' : '--client-secret';
    return { kind: 'refused', reason: `${missing}: is missing; --client-id and --client-secret must be set together` };
  }
  const options = {
    port: values['port'] ?? DEFAULT_PORT,
    clientId: values['client-id'],
    clientSecret: values['client-secret'],
    letterCase: values['letter-case'],
    wrapper: values['wrapper'],
    unknownAnswers: values['unknown-answers'],
    mixedLinks: given['mixed-links'],
    delayMs,
    retryAfterMs: values['retry-after-ms'],
    latencyMs: values['latency-ms'],
    tokenLifeMs: values['token-life-ms'],
    expiresIn: values['expires-in'],
    linkLifeMs: values['link-life-ms'],
    linkOrigin: values['link-origin'],
    linkForms,
    affinity: given.affinity,
    dateOffsetMs: values['date-offset-ms'],
    usage: values['usage'],
    seed: values['seed'],
    faults,
  };
  return { kind: 'run', options: options as SimulatorOptions };
}

/** @returns why the simulator must not run in this environment; null if it may. */
export function whyNotInProduction(env: Readonly<Record<string, string | undefined>>): string | null {
  if (env['NODE_ENV'] !== 'production' || env['SIMULATOR'] === 'true') return null;
  return 'NODE_ENV is production, and the simulator only has invented data; set SIMULATOR=true if that is what you want';
}

function parse(args: readonly string[]) {
  const one = { type: 'string' } as const;
  const flags = Object.fromEntries(Object.keys(FLAGS).map((name) => [name, one])) as Record<
    keyof typeof FLAGS,
    typeof one
  >;
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...flags,
        'mixed-links': { type: 'boolean' },
        affinity: { type: 'boolean' },
        'link-form': { type: 'string', multiple: true },
        fault: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const names = [...Object.keys(FLAGS), 'mixed-links', 'affinity', 'link-form', 'fault', 'help'].map(
      (name) => `--${name}`,
    );
    return `${(error as Error).message.split('. ')[0]}; allowed are ${names.join(', ')}`;
  }
}

function helpText(): string {
  const described = [
    ...Object.entries({ ...FLAGS, 'link-form': LINK_FORM, fault: FAULT }).map(([name, { allowed, help }]) => [
      name,
      `${help}; ${allowed}`,
    ]),
    ['mixed-links', 'the links of one response point to both versions of the API'],
    ['affinity', 'a POST sets a cookie, without which a poll gets 404'],
    ['help', 'show this text'],
  ];
  return [
    `Usage: ${calledAs('simulator', '[<option> …]')}`,
    '',
    'A simulator of Jobalyzer for development and tests: real HTTP on the loopback interface, invented data.',
    '',
    ...described.map(([name, help]) => `  --${name}`.padEnd(20) + help),
    '',
    'Faults by name, for --fault and the faults of the settings:',
    ...Object.entries(NAMED_FAULTS).map(([name, { help }]) => `  ${name.padEnd(22)}${help}`),
    'Tokens of three seconds: --token-life-ms 3000 --expires-in 3',
    '',
    'While it runs: GET and POST /simulator/settings, GET /simulator/counters, GET /simulator/usage,',
    'POST /simulator/reset, POST /simulator/revoke-tokens. With NODE_ENV=production it only starts with SIMULATOR=true.',
  ].join('\n');
}

function notAllowed(name: string, value: string, { allowed }: Flag): string {
  return `--${name}: ${JSON.stringify(value)} is not allowed; expected ${allowed}`;
}

function flag(allowed: string, help: string, read: Read): Flag {
  return { allowed, help, read };
}

function as(schema: z.ZodType): (value: unknown) => unknown {
  return (value) => schema.safeParse(value).data;
}

function number(schema: z.ZodType): Read {
  return (value) => as(schema)(numberOf(value));
}

function duration(value: string): unknown {
  return number(shape.tokenLifeMs)(value);
}

function port(value: string): number | undefined {
  const parsed = numberOf(value);
  return parsed !== undefined && Number.isInteger(parsed) && parsed >= 0 && parsed <= 65_535 ? parsed : undefined;
}

function text(value: string): string | undefined {
  return value.trim() || undefined;
}

function numberOf(value: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
