import type { FormatError } from '../format-error.js';
import type { Layer, Outcome, Receive } from '../operation.js';
import { refused } from '../refusal.js';

/** Turns the refusal of a later layer into the outcome of the request, so that layers around this one see it. */
export function formatRefusals(format: FormatError): Layer<Receive> {
  const outcomeOf = (error: unknown): Outcome => refused(error, null, format);

  return (next) => (request) => {
    try {
      const outcome = next(request);
      return outcome instanceof Promise ? outcome.catch(outcomeOf) : outcome;
    } catch (error) {
      return outcomeOf(error);
    }
  };
}
