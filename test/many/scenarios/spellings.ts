import type { AnswersInput } from '../../generated/operations.ts';
import { numbered } from '../../fixtures/answers/answers.ts';
import { post } from '../../fixtures/server/post.ts';
import { inParallel, inTurn } from '../ask.ts';
import { generalProblems, unless, type Result } from '../checks.ts';
import { startFleet, type Fleet } from '../fleet.ts';

const PAY = 'query ($answers: AnswersInput!) { report(answers: $answers) { pay { reportRating } } }';
const TITLE = 'Software Developer';
const SPELLINGS = 10;

/**
 * Distinct questions in ten spellings each, all asked at once on a cold start, then again: each is bought once. And what is
 * not the same: C, C# and C++.
 */
export async function spellings({ servers, distinct }: { servers: number; distinct: number }): Promise<Result> {
  const fleet = await startFleet({
    servers,
    upstream: { pendingPolls: 0 },
    settings: async () => ({ ANSWER_CHECK: 'correct' }),
  });
  try {
    const questions = Array.from({ length: distinct * SPELLINGS }, (_, index): AnswersInput => {
      const jobTitle = spelled(TITLE, index % SPELLINGS);
      return { ...numbered(Math.floor(index / SPELLINGS)), jobTitle };
    });
    const languages = ['C', 'C#', 'C++'].flatMap((name) =>
      ['Developer', 'developer', 'DEVELOPER'].map((word) => ({
        jobTitle: `${name} ${word}`,
        country: 'United States',
      })),
    );
    let failures = 0;
    const boughtFor = async (asked: readonly AnswersInput[]): Promise<number> => {
      const before = fleet.upstream.bought();
      failures += await askAll(fleet, asked);
      return fleet.upstream.bought() - before;
    };
    const cold = await boughtFor(questions);
    const again = await boughtFor(questions);
    // Before what has no number, by which reports are told apart.
    const problems = generalProblems(fleet.upstream);
    const three = await boughtFor(languages);
    return {
      figures: {
        servers,
        questions: questions.length,
        distinct,
        'bought on a cold start': cold,
        'bought again': again,
        'bought for C, C# and C++': three,
      },
      problems: [
        ...problems,
        ...unless(failures === 0, `${failures} questions were not answered`),
        ...unless(cold === distinct, `${cold} purchases instead of ${distinct}`),
        ...unless(again === 0, `${again} purchases the second time`),
        ...unless(three === 3, `${three} purchases for C, C# and C++`),
      ],
    };
  } finally {
    await fleet.close();
  }
}

/** Resolves to how many were not answered. */
async function askAll(fleet: Fleet, questions: readonly AnswersInput[]): Promise<number> {
  let failures = 0;
  await inParallel(questions.length, questions.length, async (index) => {
    const { data } = await post<{ report: { pay: object | null } | null }, object>(inTurn(fleet, index).url, PAY, {
      answers: questions[index],
    }).catch(() => ({ data: null }));
    if (!data?.report?.pay) failures += 1;
  });
  return failures;
}

/** One of sixteen spellings of a text, by the bits of a number: the first is that of upstream. */
function spelled(text: string, number: number): string {
  const swapped = (letter: string): string =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  return [...text].map((letter, index) => ((number >> (index % 4)) & 1 ? swapped(letter) : letter)).join('');
}
