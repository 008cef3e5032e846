import { z } from 'zod';

const milliseconds = z.number().min(0).max(86_400_000);

const issue = z.strictObject({
  AnswerId: z.string().nullish(),
  AnswerValue: z.string().nullish(),
  Message: z.string().nullish(),
  Code: z.string().nullish(),
});

/** One thing that goes wrong on purpose. Rules are tried in order; the first that applies is used. */
export const faultRuleSchema = z
  .strictObject({
    /** Which kind of call: the token, asking for reports, collecting one, or a synchronous endpoint. */
    on: z.enum(['token', 'submit', 'poll', 'lookup']),
    /**
     * `status` answers with an HTTP status; `reset` ends the connection with a TCP reset; `hang` never answers;
     * `malformed` sends a whole body that is not JSON; `truncated` announces a body and breaks off in its middle;
     * `empty` sends no body; `slow` sends the true answer, slowly.
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
    /** How likely it is each time, 0 to 1; absent means certain. Drawn from a generator seeded with `seed`. */
    probability: z.number().min(0).max(1).optional(),
    /** Only for reports of this type. */
    type: z.enum(['pay', 'yoe']).optional(),
    /** On `submit` alone: the reports are accepted and charged first, and then the answer is lost. */
    afterAccept: z.boolean().optional(),
    /** How long `slow` takes, in milliseconds (default 2000). */
    slowMs: milliseconds.optional(),
    /** What `slow` holds back: the body, piece by piece (default), or already the headers. */
    slowPart: z.enum(['headers', 'body']).optional(),
  })
  .refine((rule) => !rule.afterAccept || rule.on === 'submit', {
    path: ['afterAccept'],
    message: 'only a fault on "submit" can come after the reports were accepted',
  })
  .refine((rule) => !rule.type || rule.on === 'submit' || rule.on === 'poll', {
    path: ['type'],
    message: 'only faults on "submit" and "poll" know the type of a report',
  });

/** Everything about the simulator that can be changed while it runs. Times are in milliseconds unless said otherwise. */
export const settingsSchema = z.strictObject({
  /** How the keys of every Jobalyzer answer are spelled. */
  letterCase: z.enum(['pascal', 'camel']),
  /** What the body of a pay report is wrapped in. */
  wrapper: z.enum(['Report', 'Reports']),
  /** Makes the two links of one answer point to different versions of the API. */
  mixedLinks: z.boolean(),
  /** From acceptance until a report can be collected; the same answers always take the same time in this range. */
  delayMs: z
    .strictObject({ min: milliseconds, max: milliseconds })
    .refine((range) => range.min <= range.max, { message: 'min must not be above max' }),
  /**
   * The RetryAfterMilliseconds of a 202: `remaining` tells what is left, 100 to 500 ms; `absent` leaves the field out;
   * `text` sends a word where a number belongs; a number or null is sent as it is, sensible or not.
   */
  retryAfterMs: z.union([z.number(), z.null(), z.enum(['remaining', 'absent', 'text'])]),
  /** Added to every answer, after its work is done. */
  latencyMs: milliseconds.max(600_000),
  /** How long a token is really good for. */
  tokenLifeMs: milliseconds,
  /** What `expires_in` says, in seconds; by default more than the truth, as documented of the real service. */
  expiresIn: z.number(),
  /** How long a report can be collected after it became ready. */
  linkLifeMs: milliseconds.max(31_536_000_000),
  /** The origin put into links, to play a server that sends its clients elsewhere; null is the origin that was asked. */
  linkOrigin: z.url().nullable(),
  /** Seeds the generator behind `probability`. */
  seed: z.int(),
  faults: z.array(faultRuleSchema).max(100),
});

export type FaultRule = z.infer<typeof faultRuleSchema>;
export type SimulatorSettings = z.infer<typeof settingsSchema>;
export type SimulatorSettingsChange = { [K in keyof SimulatorSettings]?: SimulatorSettings[K] | undefined };

/** @returns the settings of a simulator that was told nothing. */
export function defaultSettings(): SimulatorSettings {
  return {
    letterCase: 'pascal',
    wrapper: 'Report',
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

/** A change of settings that is not allowed; the message names each setting and its fault. */
export class SettingsError extends Error {
  override name = 'SettingsError';
}

/**
 * Applies a partial change.
 * @returns new settings; `current` is left alone.
 * @throws SettingsError when a name is unknown or a value is out of bounds; nothing is applied then.
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
