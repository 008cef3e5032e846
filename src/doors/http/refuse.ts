import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import Negotiator from 'negotiator';
import { remembered } from '../../lib/remembered.js';
import { responseOf, type Problem } from '../problem.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const RESPONSE_TYPE = 'application/graphql-response+json; charset=utf-8';

const negotiated = remembered((accept) =>
  new Negotiator({ headers: { accept } }).mediaType([JSON_TYPE, RESPONSE_TYPE]),
);

/** The media type in which the client wants a result; undefined: it accepts none of them. */
export function acceptedType(accept: string | undefined): string | undefined {
  return accept === undefined ? JSON_TYPE : negotiated(accept);
}

/** A response of the form of GraphQL; as JSON, if the client accepts nothing that it can be. */
export function sendResult(reply: FastifyReply, status: number, result: object): FastifyReply {
  return asAccepted(reply.code(status)).send(result);
}

/** The same reply, of the media type that the client wants. */
export function asAccepted(reply: FastifyReply): FastifyReply {
  return reply.header('content-type', acceptedType(reply.request.headers.accept) ?? JSON_TYPE);
}

export function refuse(reply: FastifyReply, problem: Problem): FastifyReply {
  return sendResult(reply, problem.status, responseOf(problem));
}

/** The same where there is nothing but the socket. The connection ends with it. */
export function refusalText(problem: Problem): string {
  const body = JSON.stringify(responseOf(problem));
  return (
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nconnection: close\r\n` +
    `content-type: ${JSON_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
