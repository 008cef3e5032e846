/** graphql-ws on ws as its documentation has it: a subscription with one event that then waits. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { followingSchema, originOf } from './serve.ts';

const server = createServer();
useServer({ schema: followingSchema() }, new WebSocketServer({ server, path: '/graphql' }));
await once(server.listen(0, '127.0.0.1'), 'listening');
process.send?.(`${originOf(server.address())}/graphql`);
