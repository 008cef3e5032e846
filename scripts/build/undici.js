/**
 * What is used of undici. Its own index also loads its streams, `fetch`, WebSockets, caches and mocks. The build fails if something else
 * is imported.
 */
export { default as Client } from 'undici/lib/dispatcher/client.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
export { default as buildConnector } from 'undici/lib/core/connect.js';
