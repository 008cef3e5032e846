import type { FastifyInstance } from 'fastify';

/** The pages' `favicon.svg` in 32 by 32 pixels, for what asks for no page but for the icon of a site. */
const ICON = Buffer.from(
  'AAABAAEAICAAAAEAIAD7AAAAFgAAAIlQTkcNChoKAAAADUlIRFIAAAAgAAAAIAQDAAAAgVRnxwAAACFQTFRFHU+RHU+RHU+RHU+R' +
    'HU+R3+bvXoGw////PWihvs3gHU+RU1/bFgAAAAV0Uk5TADNmmcxe/lmkAAAAhElEQVR42mNgYDBZBQfODEAgsgoJODIwMK5CAQIM' +
    'XKgCDgxaqAKLGKxQBRYzeEEYK7og9BIGqEx6GZQBE5heSR2BFegC02ehCiwrr0AVWIEQ6EITWFmJJpBe3oUq0E4LgaWVkAAKn4Xk' +
    'MFAQQjznhRrISzBDXQpVYCEDE6qAAmZkoycHABIlNHaFNvfiAAAAAElFTkSuQmCC',
  'base64',
);

/** `/favicon.ico`, which browsers ask for whatever they open first. */
export function registerFavicon(app: FastifyInstance): void {
  app.get('/favicon.ico', async (_request, reply) =>
    reply.type('image/x-icon').header('cache-control', 'public, max-age=86400').send(ICON),
  );
}
