import { inspect } from 'node:util';

const SHOWN = '[secret]';

/** A text that is shown by nothing that shows values: no log, no JSON, no debugger's inspection, no message. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** For the one place that sends it. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
