import { z } from 'zod';
import { ruleSchema, type FaultRule } from './fault-rule.js';
import { LINK_FORMS } from './link-forms.js';
import { NAMED_FAULTS } from './named-faults.js';
import { defaultUsage, usageSchema, type UsageSettings } from './usage/settings.js';

const milliseconds = z.number().min(0).max(86_400_000);

/** A rule; a name of `NAMED_FAULTS`, or one with `=` and how often; or an object with a `name` and changes of its rule. */
export const faultRuleSchema = z.preprocess((given) => {
  const [name, times] = typeof given === 'string' ? given.split('=') : [undefined, undefined];
  const { name: own, ...changes } =
    typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  const wanted = name ?? own;
  if (wanted === undefined) return given;
  const named = typeof wanted === 'string' && Object.hasOwn(NAMED_FAULTS, wanted) ? NAMED_FAULTS[wanted] : undefined;
  return named && { ...named.rule, ...(times === undefined ? {} : { times: Number(times) }), ...changes };
}, ruleSchema);

/** Settings of the simulator that can be changed while it runs. Times are in milliseconds unless noted otherwise. */
export const settingsSchema = z.strictObject({
  /** Letter case of the keys in every Jobalyzer response. */
  letterCase: z.enum(['pascal', 'camel']),
  /** The field that wraps a pay report; `none`: the figures are beside Warnings and Errors, in both reports. */
  wrapper: z.enum(['Report', 'Reports', 'none']),
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
  /** How links are written; all of these can be collected where that is said of the real service. */
  linkForms: z.array(z.enum(LINK_FORMS)).max(LINK_FORMS.length),
  /** Sets an affinity cookie with the response to a POST; a poll without it gets a 404. */
  affinity: z.boolean(),
  /** How far the Date header of every response is ahead of the actual time. */
  dateOffsetMs: z.number().min(-31_536_000_000).max(31_536_000_000),
  /** How the usage log is kept and written; of a change, what is not given remains. */
  usage: usageSchema,
  /** Seed of the random generator for `probability`. */
  seed: z.int(),
  faults: z.array(faultRuleSchema).max(100),
});

export type SimulatorSettings = z.infer<typeof settingsSchema>;
/** A fault as it may be given: a rule, a name, a name with `=` and how often, or a name with changes of its rule. */
type GivenFault = FaultRule | string | (Partial<FaultRule> & { name: string });
type Given<K extends keyof SimulatorSettings> = K extends 'faults'
  ? GivenFault[]
  : K extends 'usage'
    ? Partial<UsageSettings>
    : SimulatorSettings[K];
export type SimulatorSettingsChange = {
  [K in keyof SimulatorSettings]?: Given<K> | undefined;
};

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
    linkForms: [],
    affinity: false,
    dateOffsetMs: 0,
    usage: defaultUsage(),
    seed: 1,
    faults: [],
  };
}

const changeSchema = settingsSchema.partial().extend({ usage: usageSchema.partial().optional() });

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
  const parsed = changeSchema.safeParse(change);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) =>
      path.length ? `${path.join('.')}: ${message}` : message,
    );
    throw new SettingsError(faults.join('; '));
  }
  const { usage, ...rest } = parsed.data;
  return { ...current, ...given(rest), usage: { ...current.usage, ...given(usage ?? {}) } };
}

function given(change: object): object {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
