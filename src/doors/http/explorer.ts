import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { registerPage } from './page.js';

export interface ExplorerOptions {
  /** The figures come from the embedded simulator; the page shows a banner saying so. */
  readonly simulated: boolean;
  /** Which credentials the page has to ask for. */
  readonly authMode: 'none' | 'api-key' | 'jwt';
  /** Whether there is a page at `/graphiql` to link to. */
  readonly playground: boolean;
  /** Whether the schema is at `/schema.graphql`. */
  readonly schema: boolean;
  /** The directory `npm run build` writes. It need not exist: the page then says what to run. */
  readonly assets: string;
}

/** The explorer at `/`, from the bundle in `assets`. */
export function registerExplorer(app: FastifyInstance, { assets, ...settings }: ExplorerOptions): void {
  registerPage(app, { name: 'explorer', path: '', assets, settings });
}

/** The operations that the page sends, which a safelist has to let pass. None if it is not built. */
export async function explorerOperations(assets: string): Promise<readonly string[]> {
  try {
    return JSON.parse(await readFile(join(assets, 'operations.json'), 'utf8')) as string[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
