import type { Json } from './json.ts';

/**
 * What the ledger has of one type of a report when a world begins. A number: it is stored, for so many seconds more (fewer
 * than none: it has expired).
 */
export type Beginning = number | 'never' | 'pending' | 'rejected' | 'uncertain' | 'closed';

export interface Known {
  readonly answers: { readonly [name: string]: Json };
  readonly pay: Beginning;
  readonly yoe: Beginning;
}

/** The longest life of a stored report. */
export const LIFE_SECONDS = 100;
const LONG = 95;

const STATES: readonly (readonly [pay: Beginning, yoe: Beginning])[] = [
  [LONG, LONG],
  [LONG, LONG],
  [LONG, 40],
  [60, LONG],
  [50, 20],
  [80, 80],
  [30, 45],
  [10, 70],
  [70, 25],
  [LONG, 5],
  [-1, LONG],
  [-2, -3],
  [LONG, 'never'],
  ['never', LONG],
  ['never', 'never'],
  ['never', 'never'],
  ['rejected', 'never'],
  [LONG, 'uncertain'],
  ['uncertain', 'closed'],
  [LONG, 'pending'],
  ['pending', 'pending'],
];

/** The reports that requests are about. Those that are pending stay so. */
export const POOL: readonly Known[] = STATES.map(([pay, yoe], index) => ({ answers: answersOf(index), pay, yoe }));

/** Those of the pool that a request can wait for. */
export const SETTLED: readonly Known[] = POOL.filter(({ pay, yoe }) => pay !== 'pending' && yoe !== 'pending');

function answersOf(index: number): Known['answers'] {
  return {
    jobTitle: ['Software Developer', 'Registered Nurse (RN)', 'Cashier'][index % 3] ?? '',
    country: 'United States',
    averageSizeCompetitor: index,
    ...(index % 2 === 1 && { state: 'Washington', city: 'Seattle', yearsExperience: index }),
    ...(index % 4 === 0 && { skills: ['Python', 'C#', 'Zürich tax law'], highestDegreeEarned: 'BACHELORS' }),
    ...(index % 5 === 2 && { companySales: 1.5e6, employerProductActivity: 'Hospital', certifications: ['PMP'] }),
  };
}
