import type { EnvFile, EnvFileFault } from './env-file.js';
import { unknownNames } from './unknown-names.js';

/** What is odd about how settings are written. No sentence quotes a value: it may be a secret. */
export interface Oddities {
  /** With these the server must not start. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export interface Written {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: EnvFile;
  /** The names of all settings. */
  readonly names: readonly string[];
  /** Whether invented data would be served. */
  readonly simulated: boolean;
}

const CREDENTIALS = ['JOBALYZER_CLIENT_ID', 'JOBALYZER_CLIENT_SECRET', 'JOBALYZER_CLIENT_SECRET_FILE'];
/** Names of others that are like those of settings. */
const OF_OTHERS = ['HTTP_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
/** Read by Node itself, before it runs this program. */
const OF_NODE = ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS'];
const SECRET = /(SECRET|KEYS?|PASSWORD|TOKEN)$/;

export function odditiesOf({ environment, file, names, simulated }: Written): Oddities {
  const variables = { ...file.values, ...environment };
  const problems: string[] = [];
  const warnings: string[] = [];

  for (const fault of file.faults) {
    const { name } = fault;
    // What the environment says counts instead.
    if (name !== null && environment[name] !== undefined) continue;
    const ours = name !== null && (names.includes(name) || name.startsWith('JOBALYZER_'));
    const sentence = sentenceOf(fault, SECRET.test(name ?? '') && file.values[name ?? ''] !== '');
    if (sentence === null) continue;
    if (ours && fault.kind !== 'repeated') problems.push(sentence);
    else if (ours || fault.kind === 'unreadable') warnings.push(sentence);
  }

  const unknown = unknownNames(variables, new Set(Object.keys(file.values)), [...names, ...OF_OTHERS]);
  for (const { name, meant, ofJobalyzer } of unknown) {
    const question = meant === null ? '' : ` Did you mean ${meant}?`;
    if (ofJobalyzer && simulated) {
      problems.push(`${name} is not a setting, and without credentials every figure would be invented.${question}`);
    } else {
      warnings.push(`${name} is not a setting and has no effect.${question}`);
    }
  }

  for (const name of CREDENTIALS) {
    const value = variables[name];
    if (value?.trim() === '' && simulated) warnings.push(`${name} is blank, which counts as unset.`);
    if (/^(["'`]).*\1$/.test(value?.trim() ?? '')) warnings.push(`${name} has quotes around it, which are part of it.`);
  }
  for (const name of OF_NODE) {
    if (name in file.values) warnings.push(`${name} has no effect in .env: Node reads it from the environment only.`);
  }
  return { problems, warnings };
}

function sentenceOf({ name, line, kind }: EnvFileFault, secret: boolean): string | null {
  const place = `.env, line ${line}:`;
  switch (kind) {
    case 'unreadable':
      return `${place} ${name ?? 'this'} is not written as NAME=value.`;
    case 'cut-off':
      return `${place} the value of ${name} has a #, which cuts the rest off as a comment. Put quotes around the value.`;
    case 'comment':
      return secret
        ? `${place} the value of ${name} has a #, which cuts the rest off as a comment. If it is part of the value, put quotes around the value; otherwise put the comment on a line of its own.`
        : null;
    case 'unclosed-quote':
      return `${place} the value of ${name} begins with a quote that is not closed.`;
    case 'after-quote':
      return `${place} the value of ${name} goes on after its closing quote. Use other quotes around it.`;
    case 'repeated':
      return `${place} ${name} is there a second time, with another value. The last one counts.`;
  }
}
