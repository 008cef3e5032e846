/** A document that a manifest lists. */
export interface ListedOperation {
  readonly id: string;
  /** As the manifest calls it, for messages. */
  readonly name: string;
  readonly text: string;
}

/** What `generate-persisted-query-manifest` writes in front. */
const FORMAT = 'apollo-persisted-query-manifest';
const VERSION = 1;

/**
 * The operations of a manifest: that of Apollo's generator, or an object of texts by identifier, as Relay's compiler and
 * GraphQL Code Generator write it. Throws an Error that says what is wrong with it.
 */
export function parseManifest(json: string): readonly ListedOperation[] {
  const manifest = parsed(json);
  if (!isRecord(manifest)) throw new Error(NO_MANIFEST);
  const operations = 'format' in manifest ? ofApollo(manifest) : ofMap(manifest);
  if (operations.length === 0) throw new Error('has no operation');
  const texts = new Map<string, string>();
  for (const { id, text } of operations) {
    if ((texts.get(id) ?? text) !== text) throw new Error(`has two operations with the id ${quoted(id)}`);
    texts.set(id, text);
  }
  return operations;
}

const NO_MANIFEST = 'is not a manifest of persisted operations (that of Apollo, or an object of texts by hash)';

function parsed(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch {
    throw new Error('is not JSON');
  }
}

function ofApollo({ format, version, operations }: Record<string, unknown>): readonly ListedOperation[] {
  if (format !== FORMAT) throw new Error(`has another format than ${quoted(FORMAT)}`);
  if (version !== VERSION) throw new Error(`has another version than ${VERSION}`);
  if (!Array.isArray(operations)) throw new Error('has no list of operations');
  return operations.map((operation: unknown, index) => {
    const { id, name, body } = isRecord(operation) ? operation : {};
    if (!isText(id) || !isText(body)) throw new Error(`has no id or no body for operation ${index + 1}`);
    return { id, name: isText(name) ? name : id, text: body };
  });
}

function ofMap(manifest: Record<string, unknown>): readonly ListedOperation[] {
  return Object.entries(manifest).map(([id, text]) => {
    if (!isText(id) || !isText(text)) throw new Error(NO_MANIFEST);
    return { id, name: id, text };
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const LONGEST_QUOTED = 100;

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, LONGEST_QUOTED));
}
