import type { Result } from '../operation.js';

/** A result without errors that is written already, as `{"data":…}`. */
export class WrittenResult implements Result {
  constructor(readonly json: string) {}

  /** Read from the text each time. */
  get data(): Record<string, unknown> {
    return (JSON.parse(this.json) as { readonly data: Record<string, unknown> }).data;
  }

  toJSON(): object {
    return { data: this.data };
  }
}
