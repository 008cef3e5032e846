import { addressOf } from './address.ts';
import type { Question } from './question.ts';

/** The state of an entry of the browser's history whose question is being typed. */
const TYPED = 'typed';

/** The address of a question that is being typed. It has an entry of its own, so that going back leads to what was shown. */
export function recordTyped(question: Question, isShown: boolean): void {
  // The salary is no part of what is asked.
  const isOther = isAnother(question);
  record(question, isOther ? TYPED : history.state, isOther && isShown && history.state !== TYPED);
}

/** The address of a question that is shown now, in place of the one that was typed. */
export function recordShown(question: Question): void {
  record(question, null, isAnother(question) && history.state !== TYPED);
}

function isAnother(question: Question): boolean {
  return addressOf(question).search !== location.search;
}

function record(question: Question, state: unknown, isNew: boolean): void {
  const { search, hash } = addressOf(question);
  const url = `${location.pathname}${search}${hash}`;
  try {
    if (isNew) history.pushState(state, '', url);
    else history.replaceState(state, '', url);
  } catch {
    // A browser refuses it for a while when it is asked too often. The address is written again with the next change.
  }
}
