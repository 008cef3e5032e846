import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

export interface PageOptions {
  /** What it is called in messages, and in the `<meta>` tag with its settings. */
  readonly name: string;
  /** The path under which it is served; `''` for the root. */
  readonly path: string;
  /** The directory `npm run build` writes. It need not exist: the page then says what to run. */
  readonly assets: string;
  /** What the page has to know of the server. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * A page loads and requests everything from this server. Two exceptions, neither of which reaches another host: Monaco uses
 * inline styles for colours and positions, and images may be data URIs: the squiggles under errors, and a chart on its way to a PNG.
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

/** Serves the bundle of a page. */
export function registerPage(app: FastifyInstance, { name, path, assets, settings }: PageOptions): void {
  const root = resolve(assets);

  app.register(
    (scope, _options, done) => {
      // On every response, not only the page: a worker is subject to the policy sent with its own script.
      scope.addHook('onRequest', async (_request, reply) => {
        reply.headers({
          'content-security-policy': contentSecurityPolicy,
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
        });
      });

      // The page's asset URLs are relative, so it must be opened with the trailing slash. The redirect is relative too,
      // since a proxy may serve this under a prefix that is unknown here.
      if (path !== '') scope.get('', async (_request, reply) => reply.redirect(`${path.slice(1)}/`));

      scope.get('/', { prefixTrailingSlash: 'slash' }, async (_request, reply) => {
        // Read on every request (a few hundred bytes), so that a new build is served without a restart.
        const page = await readPage(root);
        // Asset names change with their content, but the page's does not, so the browser must revalidate the page.
        reply.header('cache-control', 'no-cache');
        if (page === undefined) {
          return reply
            .code(503)
            .type('text/plain; charset=utf-8')
            .send(`The ${name} is not built. Run \`npm run build\`, then reload this page.\n`);
        }
        return reply.type('text/html; charset=utf-8').send(withSettings(page, name, settings));
      });

      scope.register(fastifyStatic, {
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
    { prefix: path },
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
function withSettings(page: string, name: string, settings: PageOptions['settings']): string {
  const content = JSON.stringify(settings).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return page.replace('</head>', `  <meta name="${name}" content="${content}">\n  </head>`);
}
