import type { WireReportKey } from '../contract/wire.js';
import { CounterBoard } from './counters.js';
import { FaultPlan } from './faults.js';
import { changeSettings, type SimulatorSettings } from './settings.js';
import { TokenIssuer } from './tokens.js';
import { UsageBoard } from './usage/board.js';

/** The simulator's log; pino's loggers implement it. */
export interface SimulatorLog {
  info(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

/** The only client that gets a token. Null instead: any non-empty id and secret are accepted. */
export interface SimulatorCredentials {
  clientId: string;
  clientSecret: string;
}

/** All in-memory state: settings, counters, the usage log and the key of the tokens. Reports are encoded in their links. */
export class SimulatorState {
  readonly counters = new CounterBoard();
  readonly faults = new FaultPlan();
  readonly tokens = new TokenIssuer();
  readonly usage = new UsageBoard();
  /** Ends every wait when the simulator closes. */
  readonly closing = new AbortController();
  #settings: SimulatorSettings;
  readonly #links = new Map<WireReportKey, string>();

  constructor(
    settings: SimulatorSettings,
    readonly credentials: SimulatorCredentials | null,
    readonly log: SimulatorLog,
  ) {
    this.#settings = settings;
    this.faults.replace(settings.faults, settings.seed);
  }

  /** The current settings; `times` of a fault is what remains. */
  get settings(): SimulatorSettings {
    return { ...this.#settings, faults: this.faults.remaining() };
  }

  /** @throws SettingsError if the change is not allowed; then nothing changes. */
  configure(change: unknown): SimulatorSettings {
    const before = this.#settings;
    this.#settings = changeSettings(before, change);
    // Only a change of the rules or the seed restarts the rules: changing anything else must not reset `times`.
    if (this.#settings.faults !== before.faults || this.#settings.seed !== before.seed) {
      const rules = this.#settings.faults === before.faults ? this.faults.remaining() : this.#settings.faults;
      this.faults.replace(rules, this.#settings.seed);
    }
    return this.settings;
  }

  /** @returns the link that was given to the previous report of this type; this one if there is none. */
  previousLink(type: WireReportKey, link: string): string {
    const previous = this.#links.get(type) ?? link;
    this.#links.set(type, link);
    return previous;
  }
}
