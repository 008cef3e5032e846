import { hash } from 'node:crypto';
import type { Documents } from '../documents.js';
import { refusal, type Refusal } from '../refusal.js';

/** In front of what GraphQL over HTTP calls an identifier; Apollo's extension has none. */
const SHA256_PREFIX = 'sha256:';
/** Of the answers that clients of automatic persisted queries expect; it is a result of theirs, not a failure. */
const OK = 200;

/**
 * Automatic persisted queries: the text that the identifier names, which is that of a document sent before. What is kept are
 * the valid documents, so there is nothing to register. The codes and messages are Apollo's: clients look for them, and send
 * the text then.
 */
export function automaticText(documents: Documents, text: string, id: string): string {
  const sha256 = withoutPrefix(id);
  if (text === '') {
    const found = documents.find(sha256)?.loc?.source.body;
    if (found === undefined) throw notFound();
    return found;
  }
  if (hash('sha256', text) !== sha256) throw mismatch();
  return text;
}

export function withoutPrefix(id: string): string {
  return id.startsWith(SHA256_PREFIX) ? id.slice(SHA256_PREFIX.length) : id;
}

export function mismatch(): Refusal {
  return refusal('BAD_REQUEST', 'The hash is not that of the query that was sent with it.');
}

function notFound(): Refusal {
  return refusal('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', OK);
}
