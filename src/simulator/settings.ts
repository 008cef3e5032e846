import { z } from 'zod';

const milliseconds = z.number().min(0).max(86_400_000);

const issue = z.strictObject({
  AnswerId: z.string().nullish(),
  AnswerValue: z.string().nullish(),
  Message: z.string().nullish(),
  Code: z.string().nullish(),
});

/** A fault to inject. Rules are tried in order; the first that applies is used. */
export const faultRuleSchema = z
  .strictObject({
    /** The kind of call: requesting a token, submitting reports, polling a report, or a synchronous endpoint. */
    on: z.enum(['token', 'submit', 'poll', 'lookup']),
    /**
     * `status` responds with an HTTP status; `reset` ends the connection with a TCP reset; `hang` never responds;
     * `malformed` sends a complete body that is not JSON; `truncated` closes the connection in the middle of the body;
     * `empty` sends no body; `slow` sends the real response slowly.
     */
    kind: z.enum(['status', 'reset', 'hang', 'malformed', 'truncated', 'empty', 'slow']),
    /** HTTP status of `status` (default 500), `malformed` and `empty` (default 200). */
    status: z.int().min(200).max(599).optional(),
    /** The Retry-After header: a number of seconds, or any text, such as an HTTP date. */
    retryAfter: z
      .union([
        z.number(),
        z
          .string()
          .max(200)
          .regex(/^[\x20-\x7e]*$/),
      ])
      .optional(),
    /** The `Errors` of a `status` fault, instead of a general one. */
    errors: z.array(issue).max(100).optional(),
    /** The OAuth error of a `status` fault on the token. */
    error: z.string().optional(),
    /** How many more times it happens; absent means always. */
    times: z.int().min(0).optional(),
    /** Probability of each occurrence, 0 to 1; absent means 1. Drawn from a generator seeded with `seed`. */
    probability: z.number().min(0).max(1).optional(),
    /** Only for reports of this type. */
    type: z.enum(['pay', 'yoe']).optional(),
    /** Only for `submit`: the reports are accepted and charged first, then the fault is applied to the response. */
    afterAccept: z.boolean().optional(),
    /** How long `slow` takes, in milliseconds (default 2000). */
    slowMs: milliseconds.optional(),
    /** What `slow` delays: the body, sent in pieces (default), or the headers. */
    slowPart: z.enum(['headers', 'body']).optional(),
  })
  .refine((rule) => !rule.afterAccept || rule.on === 'submit', {
    path: ['afterAccept'],
    message: 'only a fault on "submit" can come after the reports were accepted',
  })
  .refine((rule) => !rule.type || rule.on === 'submit' || rule.on === 'poll', {
    path: ['type'],
    message: 'only faults on "submit" and "poll" can be limited to a report type',
  });

/** Settings of the simulator that can be changed while it runs. Times are in milliseconds unless noted otherwise. */
export const settingsSchema = z.strictObject({
  /** Letter case of the keys in every Jobalyzer response. */
  letterCase: z.enum(['pascal', 'camel']),
  /** The field that wraps a pay report. */
  wrapper: z.enum(['Report', 'Reports']),
  /**
   * What becomes of a job title, country, state or city that the simulator does not know: `refuse`, a 400 with the error;
   * `ignore`, a report that it does not affect, with a warning. The documents describe both.
   */
  unknownAnswers: z.enum(['refuse', 'ignore']),
  /** Makes the two links of one response point to different versions of the API. */
  mixedLinks: z.boolean(),
  /** Time from acceptance until a report can be collected; the same answers always take the same time in this range. */
  delayMs: z
    .strictObject({ min: milliseconds, max: milliseconds })
    .refine((range) => range.min <= range.max, { message: 'min must not be above max' }),
  /**
   * RetryAfterMilliseconds of a 202: `remaining` sends the remaining time, limited to 100 to 500 ms; `absent` omits the
   * field; `text` sends a word instead of a number; a number or null is sent as is, even if it makes no sense.
   */
  retryAfterMs: z.union([z.number(), z.null(), z.enum(['remaining', 'absent', 'text'])]),
  /** Added to every response, after its work is done. */
  latencyMs: milliseconds.max(600_000),
  /** The actual lifetime of a token. */
  tokenLifeMs: milliseconds,
  /** `expires_in` in seconds; by default longer than the actual lifetime, as documented for the real service. */
  expiresIn: z.number(),
  /** How long a report can be collected after it became ready. */
  linkLifeMs: milliseconds.max(31_536_000_000),
  /** The origin used in links, to simulate links that lead to another origin; null: the origin of the request. */
  linkOrigin: z.url().nullable(),
  /** Seed of the random generator for `probability`. */
  seed: z.int(),
  faults: z.array(faultRuleSchema).max(100),
});

export type FaultRule = z.infer<typeof faultRuleSchema>;
export type SimulatorSettings = z.infer<typeof settingsSchema>;
export type SimulatorSettingsChange = { [K in keyof SimulatorSettings]?: SimulatorSettings[K] | undefined };

/** @returns the default settings. */
export function defaultSettings(): SimulatorSettings {
  return {
    letterCase: 'pascal',
    wrapper: 'Report',
    unknownAnswers: 'refuse',
    mixedLinks: false,
    delayMs: { min: 200, max: 2_000 },
    retryAfterMs: 'remaining',
    latencyMs: 0,
    tokenLifeMs: 600_000,
    expiresIn: 3_600,
    linkLifeMs: 7 * 86_400_000,
    linkOrigin: null,
    seed: 1,
    faults: [],
  };
}

/** A change of settings that is not allowed; the message names each setting and its problem. */
export class SettingsError extends Error {
  override name = 'SettingsError';
}

/**
 * Applies a partial change.
 * @returns the new settings; `current` is not modified.
 * @throws SettingsError if a name is unknown or a value is out of bounds; nothing is applied then.
 */
export function changeSettings(current: SimulatorSettings, change: unknown): SimulatorSettings {
  const parsed = settingsSchema.partial().safeParse(change);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) =>
      path.length ? `${path.join('.')}: ${message}` : message,
    );
    throw new SettingsError(faults.join('; '));
  }
  const said = Object.entries(parsed.data).filter(([, value]) => value !== undefined);
  return { ...current, ...(Object.fromEntries(said) as Partial<SimulatorSettings>) };
}
