import type { FormatError } from '../format-error.js';
import type { Layer, Receive } from '../operation.js';
import { refused } from '../refusal.js';

/** Turns the refusal of a later layer into the outcome of the request, so that layers around this one see it. */
export function formatRefusals(format: FormatError): Layer<Receive> {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      return refused(error, null, format);
    }
  };
}
