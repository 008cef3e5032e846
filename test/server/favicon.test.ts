import { describe, it } from 'vitest';
import { useServers } from '../fixtures/server/use-servers.js';

describe.concurrent('the icon of the site', () => {
  useServers();

  it('is there whatever pages there are, to be kept for a day', async ({ start, expect }) => {
    const { url } = await start({ env: { EXPLORER: 'false', PLAYGROUND: 'false' } });
    for (const method of ['GET', 'HEAD']) {
      const response = await fetch(`${url}/favicon.ico`, { method });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('image/x-icon');
      expect(response.headers.get('cache-control')).toBe('public, max-age=86400');
      const icon = Buffer.from(await response.arrayBuffer());
      expect(Number(response.headers.get('content-length'))).toBeGreaterThan(200);
      if (method === 'HEAD') continue;
      const [, type, images] = new Uint16Array(icon.buffer, icon.byteOffset, 3);
      expect({ type, images }).toEqual({ type: 1, images: 1 });
      const png = icon.subarray(icon.readUInt32LE(18));
      expect(png.toString('latin1')).toMatch(/^\x89PNG/);
      expect(png.length, 'the size that the icon says').toBe(icon.readUInt32LE(14));
    }
  });

  it('is named by each page, relative to it, and served', async ({ start, expect }) => {
    const { url } = await start({ env: { EXPLORER: 'true', PLAYGROUND: 'true' } });
    for (const page of [`${url}/`, `${url}/graphiql/`]) {
      const [, href] = /<link rel="icon"[^>]* href="(\.\/[^"]+)"/.exec(await (await fetch(page)).text()) ?? [];
      const icon = await fetch(new URL(href ?? '', page));
      expect(icon.status).toBe(200);
      expect(icon.headers.get('content-type')).toBe('image/svg+xml');
    }
  });
});
