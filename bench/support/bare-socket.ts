/** The baseline of `subscribers`: a WebSocket server that sends each subscriber one message and keeps the socket. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    const { type, id } = JSON.parse(data.toString('utf8')) as { type: string; id?: string };
    socket.send(JSON.stringify(type === 'connection_init' ? { type: 'connection_ack' } : { id, type: 'next' }));
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`);
});
