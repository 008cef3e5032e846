import type { FastifyInstance } from 'fastify';
import type { Hosts } from '../hosts.js';
import { refuse } from './refuse.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the path is served whatever the name of the host: load balancers often use addresses, or no name at all. */
    readonly anyHost?: boolean;
  }
}

/** Refuses requests under host names that are not this server's, at all paths. */
export function registerHosts(app: FastifyInstance, hosts: Hosts): void {
  app.addHook('onRequest', ({ raw, routeOptions }, reply, done) => {
    const problem = routeOptions.config.anyHost ? null : hosts.problemOf(raw);
    if (problem) refuse(reply, problem);
    else done();
  });
}
