import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';

interface Licensed {
  readonly name: string;
  readonly license: string;
  readonly texts: readonly string[];
}

/** What most licenses require of whoever passes a package on: its license, and its notices. */
const TEXTS = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** Writes the licenses of the packages that the bundle contains to this file of it. */
export function licensesOfPackages(fileName: string): Plugin {
  return {
    name: 'licenses-of-packages',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      const directories = new Set(modules.flatMap((id) => directoryOfPackage(id) ?? []));
      const packages = [...directories].map(licenseOf).sort((a, b) => (a.name < b.name ? -1 : 1));
      this.emitFile({ type: 'asset', fileName, source: textOf(packages) });
    },
  };
}

/** The directory of the package that a module belongs to, if it belongs to one. */
function directoryOfPackage(id: string): string | undefined {
  return /^\0?(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id)?.[1];
}

function licenseOf(directory: string): Licensed {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const texts = readdirSync(directory)
    .filter((file) => TEXTS.test(file))
    .sort()
    .map((file) => readFileSync(join(directory, file), 'utf8').trim());
  if (license === undefined && texts.length === 0) throw new Error(`${name} has no license.`);
  return { name: `${name} ${version}`, license: license ?? 'see below', texts };
}

function textOf(packages: readonly Licensed[]): string {
  const sections = packages.map(({ name, license, texts }) =>
    [`## ${name}`, `License: ${license}`, ...texts].join('\n\n'),
  );
  return `${['# Packages in this bundle, and their licenses', ...sections].join('\n\n')}\n`;
}
