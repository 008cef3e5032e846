import type { FastifyInstance } from 'fastify';
import { registerPage } from './page.js';

export interface PlaygroundOptions {
  /** The figures come from the embedded simulator; the page shows a banner saying so. */
  readonly simulated: boolean;
  /** The directory `npm run build` writes. It need not exist: the page then says what to run. */
  readonly assets: string;
}

/** GraphiQL at `/graphiql`, from the bundle in `assets`. */
export function registerPlayground(app: FastifyInstance, { simulated, assets }: PlaygroundOptions): void {
  registerPage(app, { name: 'playground', path: '/graphiql', assets, settings: { simulated } });
}
