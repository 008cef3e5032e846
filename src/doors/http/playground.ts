import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

export interface PlaygroundOptions {
  /** The figures come from the embedded simulator; the page shows a banner saying so. */
  simulated: boolean;
  /** The directory `npm run build` writes. It need not exist: the page then says what to run. */
  assets: string;
}

/**
 * The page loads and requests everything from this server. Two exceptions, neither of which reaches another host: Monaco
 * uses inline styles for colours and positions, and data URIs for the squiggles under errors.
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
      // On every response, not only the page: a worker is subject to the policy sent with its own script.
      playground.addHook('onRequest', async (_request, reply) => {
        reply.headers({
          'content-security-policy': contentSecurityPolicy,
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
        });
      });

      // The page's asset URLs are relative, so it must be opened with the trailing slash. The redirect is relative too,
      // since a proxy may serve this under a prefix that is unknown here.
      playground.get('', async (_request, reply) => reply.redirect('graphiql/'));

      playground.get('/', { prefixTrailingSlash: 'slash' }, async (_request, reply) => {
        // Read on every request (a few hundred bytes), so that a new build is served without a restart.
        const page = await readPage(root);
        // Asset names change with their content, but the page's does not, so the browser must revalidate the page.
        reply.header('cache-control', 'no-cache');
        if (page === undefined) {
          return reply
            .code(503)
            .type('text/plain; charset=utf-8')
            .send('The playground is not built. Run `npm run build`, then reload this page.\n');
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
        // A missing directory is not an error: the page says what to run.
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

/** Passed in a `<meta>` tag, because the content security policy does not allow inline scripts. */
function withSettings(page: string, settings: { simulated: boolean }): string {
  const content = JSON.stringify(settings).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return page.replace('</head>', `  <meta name="playground" content="${content}">\n  </head>`);
}
