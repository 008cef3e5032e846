import { hash } from 'node:crypto';
import { getOperationAST, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Documents } from '../documents.js';
import type { Asked } from '../operation.js';
import type { Plan } from './plan.js';

/** The plans of the operations that clients send. */
export interface Plans {
  /** Null: it has none, or its document is not known to be valid. */
  find(asked: Pick<Asked, 'query' | 'operationName'>): Plan | null;
}

export interface PlansOptions {
  readonly documents: Pick<Documents, 'find'>;
  readonly compile: (document: DocumentNode, definition: OperationDefinitionNode) => Plan | null;
}

/** Bounds of documents, in characters, and of plans, in fields. A field takes half a kilobyte at most. */
const MOST_CHARACTERS = 512 * 1024;
const MOST_FIELDS = 50_000;
/** What each counts for beside its length. */
const OVERHEAD = 20;

/** Only documents that are kept have plans: one that is sent once is not worth it, and one that is not valid is never kept. */
export function createPlans({ documents, compile }: PlansOptions): Plans {
  const byText = new LRUCache<string, DocumentNode>({
    maxSize: MOST_CHARACTERS,
    sizeCalculation: (_document, text) => text.length + OVERHEAD,
  });
  const plans = new LRUCache<OperationDefinitionNode, Plan>({
    maxSize: MOST_FIELDS,
    sizeCalculation: ({ fields }) => fields + OVERHEAD,
  });
  const without = new WeakSet<OperationDefinitionNode>();

  function documentOf(text: string): DocumentNode | undefined {
    const known = byText.get(text);
    if (known) return known;
    const document = documents.find(hash('sha256', text));
    if (document) byText.set(text, document);
    return document;
  }

  return {
    find({ query, operationName }) {
      const document = documentOf(query);
      const definition = document && getOperationAST(document, operationName);
      if (!document || !definition || without.has(definition)) return null;
      const known = plans.get(definition);
      if (known) return known;
      const plan = compile(document, definition);
      if (plan) plans.set(definition, plan);
      else without.add(definition);
      return plan;
    },
  };
}
