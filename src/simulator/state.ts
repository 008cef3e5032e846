import { CounterBoard } from './counters.js';
import { FaultPlan } from './faults.js';
import { changeSettings, type SimulatorSettings } from './settings.js';
import { TokenIssuer } from './tokens.js';

/** Where the simulator says what it does; pino's loggers are such. */
export interface SimulatorLog {
  info(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

/** The client that may fetch tokens; null lets in any id and secret that are not empty. */
export interface SimulatorCredentials {
  clientId: string;
  clientSecret: string;
}

/** All that lives in memory: settings, counters and the key of the tokens. Reports live in their links. */
export class SimulatorState {
  readonly counters = new CounterBoard();
  readonly faults = new FaultPlan();
  readonly tokens = new TokenIssuer();
  /** Ends every wait when the simulator closes. */
  readonly closing = new AbortController();
  #settings: SimulatorSettings;

  constructor(
    settings: SimulatorSettings,
    readonly credentials: SimulatorCredentials | null,
    readonly log: SimulatorLog,
  ) {
    this.#settings = settings;
    this.faults.replace(settings.faults, settings.seed);
  }

  /** What is in force now; of a fault with `times`, what is left of it. */
  get settings(): SimulatorSettings {
    return { ...this.#settings, faults: this.faults.remaining() };
  }

  /** @throws SettingsError when the change is not allowed; then nothing changes. */
  configure(change: unknown): SimulatorSettings {
    const before = this.#settings;
    this.#settings = changeSettings(before, change);
    // Only a change of the rules or their seed starts them anew: a change of anything else must not refill `times`.
    if (this.#settings.faults !== before.faults || this.#settings.seed !== before.seed) {
      const rules = this.#settings.faults === before.faults ? this.faults.remaining() : this.#settings.faults;
      this.faults.replace(rules, this.#settings.seed);
    }
    return this.settings;
  }
}
