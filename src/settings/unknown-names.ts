import { nearestName } from './nearest-name.js';

/** A name that is no setting, but was perhaps meant to be one. */
export interface UnknownName {
  readonly name: string;
  /** The setting that was perhaps meant; null if none is like it. */
  readonly meant: string | null;
  /** Whether it is one of those that say which Jobalyzer is used. */
  readonly ofJobalyzer: boolean;
}

/** A shorter name is like too many names of other programs. */
const LONG_NAME = 9;
const SHORT_NAME = 5;

/**
 * The names that are perhaps misspelt settings. `inFile`: those of a file that is mostly about this server, where less
 * likeness is enough than among all variables of an environment.
 */
export function unknownNames(
  variables: Readonly<Record<string, string | undefined>>,
  inFile: ReadonlySet<string>,
  settings: readonly string[],
): readonly UnknownName[] {
  return Object.entries(variables).flatMap(([name, value]): UnknownName[] => {
    if (value === undefined || settings.includes(name) || isServiceLink(name, value)) return [];
    const nearest = nearestName(name, settings);
    const meant = nearest && nearest.changes <= tolerance(nearest.name, inFile.has(name)) ? nearest.name : null;
    const prefixed = /^JOBALYZER_/i.test(name);
    if (meant === null && !prefixed) return [];
    return [
      {
        name,
        meant: meant ?? relativeOf(name, settings),
        ofJobalyzer: prefixed || (meant ?? '').startsWith('JOBALYZER_'),
      },
    ];
  });
}

/** That of the same prefix which has all words of the name, or else the nearest. */
function relativeOf(name: string, settings: readonly string[]): string | null {
  const words = name.toUpperCase().split('_');
  const related = settings.filter((setting) => setting.startsWith('JOBALYZER_'));
  const longer = related.find((setting) => words.every((word) => setting.split('_').includes(word)));
  return longer ?? nearestName(name, related)?.name ?? null;
}

/** The most changes after which a name is still taken for this setting. Negative: none is. */
function tolerance(setting: string, inFile: boolean): number {
  if (setting.length >= LONG_NAME) return 2;
  if (!inFile) return -1;
  return setting.length > SHORT_NAME ? 2 : 1;
}

/** Kubernetes gives every container the addresses of services, so that of one named `jobalyzer` or the like. */
function isServiceLink(name: string, value: string): boolean {
  const named = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name);
  return named || (name.endsWith('_PORT') && /^\w+:\/\//.test(value));
}
