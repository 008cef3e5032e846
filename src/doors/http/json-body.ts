import { decodeUtf8 } from '../utf8.js';

/** The JSON of a request. */
export class JsonBody {
  #value: { readonly is: unknown } | undefined;

  private constructor(
    /** Each byte as a character. */
    readonly received: string,
    private readonly bytes: Buffer,
  ) {}

  static of(bytes: Buffer): JsonBody {
    return new JsonBody(bytes.toString('latin1'), bytes);
  }

  /** The same, parsed. */
  with(value: unknown): this {
    this.#value = { is: value };
    return this;
  }

  /** Of what was parsed before, if only the same bytes then. */
  get value(): unknown {
    this.#value ??= { is: JSON.parse(decodeUtf8(this.bytes) ?? '') };
    return this.#value.is;
  }
}
