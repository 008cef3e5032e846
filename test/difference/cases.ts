import fc, { type Arbitrary } from 'fast-check';
import type { GraphQLSchema } from 'graphql';
import { documentsFor, type Sent } from './documents.ts';
import { POOL } from './pool.ts';
import { transmissions, type Transmission } from './transmissions.ts';

/** What happens between two requests. */
export type Change =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'time'; readonly seconds: number }
  /** Somebody else asks for these types of a report of the pool; `refused`: in vain. */
  | { readonly kind: 'purchase'; readonly report: number; readonly types: readonly ('PAY' | 'YOE')[] }
  | { readonly kind: 'buying'; readonly enabled: boolean };

interface Step {
  readonly change: Change;
  /** Which of the transmissions of the case. */
  readonly as: number;
}

/** One operation, sent several times, in one way or several, while things change. */
export interface Case {
  readonly sent: Sent;
  readonly patient: boolean;
  readonly transmissions: readonly Transmission[];
  readonly steps: readonly Step[];
}

export interface CaseOptions {
  readonly schema: GraphQLSchema;
  readonly longestWaitMs: number;
}

export function casesFor({ schema, longestWaitMs }: CaseOptions): Arbitrary<Case> {
  const ofKind = (sloppy: boolean, patient: boolean) =>
    documentsFor(schema, { sloppy, patient, longestWaitMs }).map((sent) => ({ sent, patient }));
  const documents = fc.oneof(
    { weight: 9, arbitrary: ofKind(false, true) },
    { weight: 2, arbitrary: ofKind(false, false) },
    { weight: 2, arbitrary: ofKind(true, true) },
  );
  const step = fc.record({
    change: fc.oneof({ weight: 12, arbitrary: fc.constant<Change>({ kind: 'nothing' }) }, changes()),
    // Most requests are repeated byte for byte.
    as: fc.constantFrom(0, 0, 0, 0, 1),
  });
  return fc
    .record({
      document: documents,
      transmissions: transmissions(),
      steps: fc.array(step, { minLength: 4, maxLength: 7, size: 'max' }),
    })
    .map(({ document, ...rest }) => ({ ...document, ...rest }));
}

function changes(): Arbitrary<Change> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(1, 5, 15, 30, 45, 45, -20, -70).map((seconds) => ({ kind: 'time', seconds }) as const),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('purchase' as const),
        report: fc.nat({ max: POOL.length - 1 }),
        types: fc.subarray(['PAY', 'YOE'] as const, { minLength: 1 }),
      }),
    },
    { weight: 1, arbitrary: fc.boolean().map((enabled) => ({ kind: 'buying', enabled }) as const) },
  );
}
