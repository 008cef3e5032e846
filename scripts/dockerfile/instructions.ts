/** What a Dockerfile says, as far as this project's uses it. */

export interface Instruction {
  /** Such as `COPY`. */
  readonly name: string;
  /** Such as `{ from: 'build' }`. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows the flags. */
  readonly rest: string;
}

export interface Stage {
  readonly name: string;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile, in order. Throws an Error if it does not begin with one. */
export function stagesOf(dockerfile: string): readonly Stage[] {
  const lines = dockerfile
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n');
  const stages: { name: string; image: string; instructions: Instruction[] }[] = [];
  for (const line of lines.filter((text) => text.trim() !== '')) {
    const { name, flags, rest } = instructionOf(line);
    if (name === 'FROM') {
      const [image = '', , alias = String(stages.length)] = rest.split(/\s+/);
      stages.push({ name: alias, image, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (!stage) throw new Error(`${name} stands before the first FROM.`);
    stage.instructions.push({ name, flags, rest });
  }
  return stages;
}

function instructionOf(line: string): Instruction {
  const [, name = '', flags = '', rest = ''] = /^\s*([A-Z]+)\s+((?:--\S+\s+)*)(.*)$/.exec(line) ?? [];
  if (name === '') throw new Error(`${line}: is no instruction.`);
  const pairs = [...flags.matchAll(/--([\w-]+)=(\S+)/g)].map(([, flag = '', value = '']) => [flag, value] as const);
  return { name, flags: Object.fromEntries(pairs), rest: rest.trim() };
}

/** The last instruction of this name, which is the one that counts. Throws an Error if there is none. */
export function lastOf({ instructions }: Stage, name: string): Instruction {
  const found = instructions.findLast((instruction) => instruction.name === name);
  if (!found) throw new Error(`There is no ${name}.`);
  return found;
}

/** A command in its exec form, such as `["node", "main.js"]`, which no shell reads. Throws an Error for another. */
export function commandOf({ rest }: Instruction): readonly string[] {
  return JSON.parse(rest.replace(/^CMD /, '')) as readonly string[];
}

/** The variables of all `ENV` instructions. */
export function environmentOf({ instructions }: Stage): Readonly<Record<string, string>> {
  const written = instructions.filter(({ name }) => name === 'ENV').flatMap(({ rest }) => rest.split(/\s+/));
  return Object.fromEntries(written.map((pair) => pair.split(/=(.*)/s, 2) as [string, string]));
}
