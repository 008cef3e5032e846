/**
 * Reads an earlier schema from stdin and says what has changed since then that can break a client, as docs/deprecation.md
 * defines it. Fails if anything breaks one.
 */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { buildSchema, DangerousChangeType, findBreakingChanges, findDangerousChanges } from 'graphql';

const now = new URL('../schema.graphql', import.meta.url);

const before = buildSchema(await text(process.stdin));
const after = buildSchema(await readFile(now, 'utf8'));

// A client that leaves the argument out gets something else than before, and may pay for it.
const dangerous = Object.groupBy(findDangerousChanges(before, after), ({ type }) =>
  type === DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE ? 'breaking' : 'compatible',
);
const breaking = [...findBreakingChanges(before, after), ...(dangerous.breaking ?? [])];

for (const { description } of breaking) process.stdout.write(`breaks clients: ${description}\n`);
for (const { description } of dangerous.compatible ?? []) process.stdout.write(`to be announced: ${description}\n`);
if (breaking.length > 0) process.exitCode = 1;
