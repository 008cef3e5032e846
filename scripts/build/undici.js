/**
 * What is used of undici. Its own index also loads its `fetch`, WebSockets, caches and mocks. The build fails if something else
 * is imported.
 */
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import api from 'undici/lib/api/index.js';

// As the index does: a dispatcher has `request` and `stream` then. It has no types for its parts.
// oxlint-disable-next-line typescript/no-unsafe-member-access
Object.assign(Dispatcher.prototype, api);

export { default as Pool } from 'undici/lib/dispatcher/pool.js';
export { default as buildConnector } from 'undici/lib/core/connect.js';
