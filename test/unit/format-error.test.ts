import { GraphQLError, parse, Source } from 'graphql';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/errors.js';
import { ClientDisconnected, createFormatError, toGraphQLError } from '../../src/graphql/format-error.js';
import { refusal, refused, Refusal } from '../../src/graphql/refusal.js';

const document = parse(new Source('{ a }'));
const nodes = [document];
const path = ['a', 0];
const PLACE = { locations: [{ line: 1, column: 1 }], path };

describe('an error', () => {
  it('that is expected has its message, its code, its details and its place', () => {
    const { format, logged } = formatting();
    const error = new ApiError('UPSTREAM_RATE_LIMITED', 'Slower.', { retryAfterMs: 700 });
    expect(format(wrapped(error))).toEqual({
      message: 'Slower.',
      ...PLACE,
      extensions: { code: 'UPSTREAM_RATE_LIMITED', retryAfterMs: 700 },
    });
    expect(format(error)).toEqual({
      message: 'Slower.',
      extensions: { code: 'UPSTREAM_RATE_LIMITED', retryAfterMs: 700 },
    });
    expect(logged).toEqual([]);
  });

  it('about answers names the fields of the input', () => {
    const { format } = formatting();
    const issue = { answerValue: null, message: 'What?', code: null };
    const issues = [
      { ...issue, answerId: 'jobTitle' },
      { ...issue, answerId: 'Unknown' },
    ];
    const suggestions = [{ answerId: 'Skills', answer: 'Python', score: null }];
    expect(format(new ApiError('UNCONFIRMED_ANSWER', 'No.', { issues, suggestions })).extensions).toEqual({
      code: 'UNCONFIRMED_ANSWER',
      issues: [
        { ...issues[0], field: 'jobTitle' },
        { ...issues[1], field: null },
      ],
      suggestions: [{ ...suggestions[0], field: 'skills' }],
    });
    expect(format(new ApiError('REPORT_FAILED', 'No.', { issues: [] })).extensions).toEqual({
      code: 'REPORT_FAILED',
      issues: [],
    });
  });

  it('is found in any number of wrappers', () => {
    const { format } = formatting();
    expect(format(wrapped(wrapped(new ApiError('NOT_FOUND', 'No.'))))).toMatchObject({ message: 'No.' });
  });

  it('of the store is logged with its cause, which the client is not told', () => {
    const { format, logged } = formatting();
    const error = new ApiError('STORE_UNAVAILABLE', 'Later.', {}, { cause: new Error('EIO') });
    const formatted = format(wrapped(error));
    expect(formatted).toEqual({ message: 'Later.', ...PLACE, extensions: { code: 'STORE_UNAVAILABLE' } });
    expect(logged).toMatchObject([{ level: 50, path, err: { message: expect.stringContaining('EIO') as string } }]);
  });

  it('that is unexpected is masked, and logged with the id that the client gets', () => {
    const { format, logged } = formatting();
    const formatted = format(wrapped(new TypeError('secret')));
    const { errorId } = formatted.extensions as { errorId: string };
    expect(errorId).toMatch(/^[0-9a-f-]{36}$/);
    expect(formatted).toEqual({
      message: `Internal server error. The server logged it with error id ${errorId}.`,
      ...PLACE,
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
    });
    expect(logged).toMatchObject([{ level: 50, errorId, path, err: { message: 'secret' } }]);
    expect(JSON.stringify(format('secret'))).not.toContain('secret');
  });

  it('of a client that has gone is told apart, and not logged', () => {
    const { format, logged } = formatting();
    expect(format(wrapped(new ClientDisconnected('Gone.')))).toEqual({
      message: 'Gone.',
      ...PLACE,
      extensions: { code: 'CLIENT_DISCONNECTED' },
    });
    expect(logged).toEqual([]);
  });

  it('of GraphQL itself has its message and its extensions, without a stack trace', () => {
    const { format } = formatting();
    const extensions = { code: 'GRAPHQL_PARSE_FAILED', stacktrace: ['secret'] };
    expect(format(new GraphQLError('Syntax Error.', { extensions }))).toEqual({
      message: 'Syntax Error.',
      extensions: { code: 'GRAPHQL_PARSE_FAILED' },
    });
  });

  it('is what a library has made of it, if it has', () => {
    const { format } = formatting();
    const formatted = { message: 'Other.', path: ['b'], extensions: { code: 'BAD_REQUEST' } };
    expect(format(new GraphQLError('One.'), formatted)).toEqual(formatted);
  });

  it.each([
    [true, 'Cannot query field "aa".'],
    [false, 'Cannot query field "aa". Did you mean "a"?'],
  ])('does not name what the schema has if suggestions are hidden: %s', (hideSuggestions, message) => {
    const { format } = formatting(hideSuggestions);
    expect(format(new GraphQLError('Cannot query field "aa". Did you mean "a"?')).message).toBe(message);
  });
});

describe('input that GraphQL rejects', () => {
  it('in a variable is BAD_USER_INPUT with the argument and the reason', () => {
    const { format } = formatting();
    const reason = 'Variable "$id" got invalid value.';
    const extensions = { code: 'BAD_USER_INPUT', argument: 'id', reason };
    expect(format(new GraphQLError(reason))).toEqual({ message: reason, extensions });
    expect(format(new GraphQLError(reason, { extensions: { code: 'BAD_USER_INPUT' } }))).toEqual({
      message: reason,
      extensions,
    });
  });

  it('in an argument is the same', () => {
    const { format } = formatting();
    const reason = 'Argument "waitMs" of type "Int!" must not be null.';
    expect(format(new GraphQLError(reason, { path }))).toEqual({
      message: reason,
      path,
      extensions: { code: 'BAD_USER_INPUT', argument: 'waitMs', reason },
    });
  });

  it.each<[string, string, object]>([
    ['with another code', 'Variable "$id" is never used.', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    ['about an argument', 'Argument "id" is required.', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    ['that was raised by a field', 'Variable "$id" is odd.', { path }],
    ['about something else', 'No variable "$id".', {}],
    ['with the code alone', 'Something is wrong.', { extensions: { code: 'BAD_USER_INPUT' } }],
  ])('is nothing that GraphQL says %s', (_, message, options) => {
    const { format } = formatting();
    const { extensions } = format(new GraphQLError(message, options));
    expect(extensions).not.toHaveProperty('argument');
    expect(extensions).not.toHaveProperty('reason');
  });
});

describe('anything that is thrown', () => {
  it('is an error of GraphQL, which is masked unless it is one already', () => {
    const own = new GraphQLError('One.');
    const other = new Error('Two.');
    expect(toGraphQLError(own)).toBe(own);
    expect(toGraphQLError(other)).toMatchObject({ message: 'Two.', originalError: other });
    expect(toGraphQLError('three').originalError).toEqual(new Error('three'));
  });

  it('before an operation ran refuses it, with the status of the refusal', () => {
    const { format } = formatting();
    expect(refused(refusal('BAD_REQUEST', 'No.', 405), null, format)).toEqual({
      definition: null,
      results: { errors: [{ message: 'No.', extensions: { code: 'BAD_REQUEST' } }] },
      refused: 405,
    });
    const two = new Refusal([new GraphQLError('One.'), new GraphQLError('Two.')]);
    expect([two.message, two.name, two.httpStatus]).toEqual(['One. Two.', 'Refusal', 400]);
    expect(refused(two, null, format).results).toMatchObject({ errors: [{ message: 'One.' }, { message: 'Two.' }] });
    expect(refused(new ApiError('NOT_FOUND', 'No.'), null, format).refused).toBe(400);
    expect(refused(new TypeError('No.'), null, format).refused).toBe(500);
  });
});

function wrapped(originalError: Error): GraphQLError {
  return new GraphQLError(originalError.message, { nodes, path, originalError });
}

function formatting(hideSuggestions = false) {
  const logged: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) });
  return { logged, format: createFormatError(log, { hideSuggestions }) };
}
