import { z } from 'zod';

const milliseconds = z.number().min(0).max(86_400_000);
const header = z
  .string()
  .max(200)
  .regex(/^[\x20-\x7e]*$/);

const issue = z.strictObject({
  AnswerId: z.string().nullish(),
  AnswerValue: z.string().nullish(),
  Message: z.string().nullish(),
  Code: z.string().nullish(),
});

/** The kinds that can happen to the usage log; what else may be wrong with it are settings. */
const OF_USAGE: readonly string[] = ['status', 'respond', 'malformed', 'empty', 'reset', 'hang', 'slow', 'truncated'];

/** A fault to inject. Rules are tried in order; the first that applies is used. */
export const ruleSchema = z
  .strictObject({
    /** The kind of call: requesting a token, submitting reports, polling a report, a synchronous endpoint, or the usage log. */
    on: z.enum(['token', 'submit', 'poll', 'lookup', 'usage']),
    /**
     * Instead of the work: `status` responds with an HTTP status and errors; `respond` with any `body`; `malformed` with a
     * complete body that is not JSON; `empty` with no body; `reset` ends the connection with a TCP reset; `hang` never
     * responds.
     * After the work, with the real response: `slow` sends it slowly; `truncated` closes the connection in the middle of
     * the body; `unterminated` closes it after a complete body that should go on; `encoded` names a Content-Encoding;
     * `headers` adds headers; `padded` makes it large; `altered` changes what it says. The last two apply to a 200 only.
     */
    kind: z.enum([
      ...['status', 'respond', 'malformed', 'empty', 'reset', 'hang'],
      ...['slow', 'truncated', 'unterminated', 'encoded', 'headers', 'padded', 'altered'],
    ] as const),
    /** HTTP status of `status` (default 500), `respond`, `malformed` and `empty` (default 200). */
    status: z.int().min(200).max(599).optional(),
    /** The Retry-After header: a number of seconds, any text, or a date that is so many seconds away, in one of its forms. */
    retryAfter: z
      .union([
        z.number(),
        header,
        z.strictObject({ seconds: z.number(), form: z.enum(['imf-fixdate', 'rfc850', 'asctime']) }),
      ])
      .optional(),
    /** The `Errors` of `status`, instead of a general one, and of `altered` with `alter: 'errors'`. */
    errors: z.array(issue).max(100).optional(),
    /** How often `errors` are repeated, for a response with very many (default 1). */
    repeat: z.int().min(1).max(100_000).optional(),
    /** The OAuth error of a `status` fault on the token. */
    error: z.string().optional(),
    /** The body of `respond`: a text is sent as it is, anything else as JSON. */
    body: z.unknown().optional(),
    /** The content type of `respond` (default application/json). */
    contentType: header.optional(),
    /** How `unterminated` is announced: without a last chunk (default), or with a length that is two bytes too large. */
    framing: z.enum(['chunked', 'length']).optional(),
    /** The Content-Encoding of `encoded`. With gzip, deflate (raw), br and zstd the body is encoded so, else not at all. */
    encoding: header.optional(),
    /** The headers that `headers` adds. */
    headers: z.record(z.string().regex(/^[\w-]{1,100}$/), header).optional(),
    /** The size of `padded` in bytes (default 8 MB and one byte). On the token, the access token has this size. */
    bytes: z.int().min(1).max(100_000_000).optional(),
    /**
     * What `altered` says: the report of the other type; a report with neither figures nor rating; one that names another
     * job title as submitted; or `Errors` beside the report.
     */
    alter: z.enum(['other-type', 'no-figures', 'other-title', 'errors']).optional(),
    /** With `altered`: the text that is sent in place of the value of each field of this name, whether it is JSON or not. */
    replace: z.record(z.string(), z.string().max(10_000)).optional(),
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
  .refine(({ afterAccept, on }) => !afterAccept || on === 'submit', {
    path: ['afterAccept'],
    message: 'only a fault on "submit" can come after the reports were accepted',
  })
  .refine(({ on, kind }) => on !== 'usage' || OF_USAGE.includes(kind), {
    path: ['kind'],
    message: `a fault on "usage" must be one of ${OF_USAGE.join(', ')}`,
  })
  .refine(({ type, on }) => !type || on === 'submit' || on === 'poll', {
    path: ['type'],
    message: 'only faults on "submit" and "poll" can be limited to a report type',
  });

export type FaultRule = z.infer<typeof ruleSchema>;
