/** Preloaded into a server (`node --import`): tells the parent process the port it listens on, whatever it logs. */
import { tracingChannel } from 'node:diagnostics_channel';
import type { AddressInfo, Server } from 'node:net';

tracingChannel('net.server.listen').asyncEnd.subscribe((message) => {
  const address = (message as { server: Server }).server.address() as AddressInfo | null;
  if (address) process.send?.(`http://127.0.0.1:${address.port}/graphql`);
});
process.channel?.unref();
