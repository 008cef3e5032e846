import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

export interface PlaygroundOptions {
  /** The figures are made up by the embedded simulator; the page says so in a banner. */
  simulated: boolean;
  /** The directory `npm run build:playground` writes. It need not exist: the page then says what to run. */
  assets: string;
}

/**
 * Everything the page runs, shows and asks comes from this server. The two exceptions are no way out to another host:
 * Monaco writes its colours and positions as inline styles, and draws the waves under mistakes with data URIs.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** GraphiQL at `/graphiql`, from the bundle in `assets`. */
export function registerPlayground(app: FastifyInstance, { simulated, assets }: PlaygroundOptions): void {
  const root = resolve(assets);

  app.register(
    (playground, _options, done) => {
      // On every answer, not only the page: a worker obeys the policy its own script came with.
      playground.addHook('onRequest', async (_request, reply) => {
        reply.headers({
          'content-security-policy': contentSecurityPolicy,
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
        });
      });

      // The page names its assets relative to itself, so it must be opened with the slash. The redirect is relative
      // too: a proxy may serve all this under a prefix unknown here.
      playground.get('', async (_request, reply) => reply.redirect('graphiql/'));

      playground.get('/', { prefixTrailingSlash: 'slash' }, async (_request, reply) => {
        // Read each time, a few hundred bytes: a build made while the server runs is served without a restart.
        const page = await readPage(root);
        // The assets' names change with their content, the page's does not: it is what must be asked for anew.
        reply.header('cache-control', 'no-cache');
        if (page === undefined) {
          return reply
            .code(503)
            .type('text/plain; charset=utf-8')
            .send('The playground is not built. Run `npm run build:playground`, then reload this page.\n');
        }
        return reply.type('text/html; charset=utf-8').send(withSettings(page, { simulated }));
      });

      playground.register(fastifyStatic, {
        root: join(root, 'assets'),
        prefix: '/assets/',
        index: false,
        decorateReply: false,
        maxAge: '1y',
        immutable: true,
        preCompressed: true,
        // A missing directory is no fault: the page says what to run.
        suppressWarning: true,
      });
      done();
    },
    { prefix: '/graphiql' },
  );
}

async function readPage(root: string): Promise<string | undefined> {
  try {
    return await readFile(join(root, 'index.html'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** In a `<meta>`, because the content security policy allows no inline script. */
function withSettings(page: string, settings: { simulated: boolean }): string {
  const content = JSON.stringify(settings).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return page.replace('</head>', `  <meta name="playground" content="${content}">\n  </head>`);
}
