/** For Fastify, where no route has a schema. Otherwise it would load two compilers of schemas, which are half of its code. */
export const NO_SCHEMAS = {
  compilersFactory: { buildValidator: compilesNothing, buildSerializer: compilesNothing },
};

function compilesNothing(): never {
  throw new Error('A route with a schema needs compilers of schemas.');
}
