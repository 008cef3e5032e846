import { ANSWER_NAMES, ANSWERS, canonicalAnswers, type AnswerName, type GivenAnswers } from '../../model/answers.js';
import type { ReportsRequest } from '../../model/report.js';
import { degreeNamed, upstreamName } from './encode.js';
import { Fields } from './fields.js';

/** The opposite of `encodeReportsRequest`, of what this server has sent. Null: the text is no such request. */
export function readSentRequest(body: string): ReportsRequest | null {
  const request = Fields.parse(body);
  const answers = request?.object('answers');
  if (!request || !answers) return null;
  const given = ANSWER_NAMES.map((name) => [name, readAnswer(name, answers.raw(upstreamName(name)))] as const);
  try {
    return {
      answers: canonicalAnswers(Object.fromEntries(given) as unknown as GivenAnswers, 'answers'),
      autoResolveJobTitle: request.raw('AutoResolveJobTitle') === true,
    };
  } catch {
    return null;
  }
}

function readAnswer(name: AnswerName, value: unknown): unknown {
  return ANSWERS[name] === 'degree' && typeof value === 'string' ? degreeNamed(value) : value;
}
