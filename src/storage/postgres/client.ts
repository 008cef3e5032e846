import pg from 'pg';
import { readPassword } from './password.js';

/** Where the database is, and as whom it is used. */
export interface ClientOptions extends pg.ClientConfig {
  /** Where the password is, if it is not in the URL. Read for each connection: it can be changed while the server runs. */
  readonly passwordFile?: string | null;
}

/** A connection whose password may be in a file. */
export class Client extends pg.Client {
  constructor(options: ClientOptions = {}) {
    super(options);
    const { passwordFile = null } = options;
    // Not as an option, over which the URL takes precedence even if it has none.
    if (passwordFile !== null) Object.assign(this, { password: () => readPassword(passwordFile) });
  }
}
