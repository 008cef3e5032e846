import type { GraphQLSchema } from 'graphql';
import { countReports } from '../limits/count.js';
import { tooLarge } from '../limits/limits.js';
import type { Layer } from '../operation.js';

/** One operation asks for at most so many reports, however it writes them. Later layers know how many. */
export function boundReports(schema: GraphQLSchema, most: number): Layer {
  return (next) => async (operation) => {
    const reports = countReports(schema, operation);
    if (reports > most) throw tooManyReports(reports, most);
    return next({ ...operation, reports });
  };
}

function tooManyReports(reports: number, most: number): Error {
  const message = `The operation asks for ${reports} reports, with what checkAnswers looks up; one may ask for at most ${most} (MAX_REPORTS_PER_OPERATION).`;
  return tooLarge(message, most, reports);
}
