import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { CHECK, REPORTS, STATUS, VIEWER } from '../../../src/commands/price/operations.js';

it.each([CHECK, REPORTS, STATUS, VIEWER])('an operation of the command is valid: %#', (operation) => {
  expect(validate(buildSchema(readFileSync('schema.graphql', 'utf8')), parse(operation))).toEqual([]);
});
