import { execFile, execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { commandOf, environmentOf, lastOf, stagesOf } from '../../scripts/dockerfile/instructions.ts';
import { contextOf } from '../../scripts/dockerfile/context.ts';
import { readConfig, type Config } from '../../src/config.js';
import { newDirectory } from '../fixtures/directory.js';
import { settingsRead } from '../fixtures/server/settings-read.js';
import { startTestServer } from '../fixtures/server/server.js';
import { blocks } from './programs.js';

type Environment = Readonly<Record<string, string>>;

/** Longer than a server needs to shut down, in seconds. */
const LONGEST_STOP_S = 20;

const MANIFEST = JSON.parse(read('package.json')) as {
  version: string;
  bin: Environment;
  devDependencies: Environment;
};
const PROGRAM = MANIFEST.bin['jobalyzer-graphql'] ?? '';
/** Read by Node itself. */
const OF_NODE = ['NODE_COMPILE_CACHE'];

const stages = stagesOf(read('Dockerfile'));
const image = stages[1] ?? { name: '', image: '', instructions: [] };
const compose = parse(read('compose.yaml'), { merge: true }) as Compose;
const unit = read('deploy/systemd/jobalyzer-graphql.service');

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

interface ComposeService {
  readonly image: string;
  readonly environment?: Environment;
  readonly networks: Readonly<Record<string, { readonly ipv4_address: string } | null>>;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly (string | { readonly source: string })[];
  readonly stop_grace_period?: string;
}

interface Deployment {
  readonly spec: {
    readonly strategy: { readonly type: string };
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly {
          readonly env: readonly { readonly name: string; readonly value: string }[];
          readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
        }[];
      };
    };
  };
}

/** What each way of deploying sets: the settings of the page, over those of its files. */
const DEPLOYED: Readonly<Record<string, Environment>> = {
  'one machine': { ...settingsOfPage(0), ...settingsOfUnit() },
  'three servers, each on its machine': { ...settingsOfPage(0), ...settingsOfUnit(), ...settingsOfEach() },
  'three servers on one machine': {
    ...environmentOf(image),
    ...settingsOfPage(1),
    ...compose.services['server-1']?.environment,
  },
  'Kubernetes with PostgreSQL': settingsOfPods('postgresql'),
  'Kubernetes with the embedded ledger': settingsOfPods('embedded'),
};

/** What of that is not for its operator to write, but in the files themselves. */
const FIXED: Readonly<Record<string, Environment>> = {
  'one machine': settingsOfUnit(),
  'three servers, each on its machine': settingsOfUnit(),
  'three servers on one machine': compose.services['server-1']?.environment ?? {},
  'Kubernetes with PostgreSQL': fixedInPods('postgresql'),
  'Kubernetes with the embedded ledger': fixedInPods('embedded'),
};

describe.each(Object.entries(DEPLOYED))('%s', (name, environment) => {
  it('has no setting that the server does not know', () => {
    const known = new Set([...settingsRead(), ...OF_NODE]);
    expect(Object.keys(environment).filter((setting) => !known.has(setting))).toEqual([]);
  });

  it('runs on the simulator where its settings have that instead of the credentials', () => {
    const others = Object.entries(environment).filter(([setting]) => !isCredential(setting));
    const config = readConfig({ ...Object.fromEntries(others), ...FIXED[name], SIMULATOR: 'true' });
    expect(config.jobalyzer).toBeNull();
  });

  it('is a production server with real figures, clients with keys, and secrets in files', () => {
    const config: Config = readConfig(environment);
    expect(config.warnings).toEqual([]);
    expect(config).toMatchObject({
      jobalyzer: { clientSecret: null },
      authentication: { mode: { kind: 'api-key' } },
      trustProxy: 1,
      publicOrigin: 'https://pay.example.com',
      ...{ playground: false, introspection: false },
    });
    expect(config.jobalyzer?.clientSecretFile).toMatch(/^\/run\//);
    const isShared = /three|PostgreSQL/.test(name);
    expect([config.database !== null, config.database?.passwordFile?.startsWith('/run/') ?? false]).toEqual([
      isShared,
      isShared,
    ]);
  });
});

describe('the image', () => {
  it('is made of what is there, and only of that', () => {
    const context = contextOf('.', read('.dockerignore'));
    expect(context).toContain('src');
    const copied = stages.flatMap(({ instructions }) =>
      instructions
        .filter(({ name, flags }) => name === 'COPY' && flags['from'] === undefined)
        .flatMap(({ rest }) => rest.split(' ').slice(0, -1)),
    );
    expect(copied.filter((path) => path !== '.' && !context.includes(path))).toEqual([]);
    expect(context.filter((path) => /^(node_modules|dist|data|secrets|\.git)$|^\.env$/.test(path))).toEqual([]);
  });

  it('runs the program of the package without root, on the Node of the tests', () => {
    expect(lastOf(image, 'USER').rest).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(commandOf(lastOf(image, 'ENTRYPOINT'))).toEqual(['node', `/app/${PROGRAM}`]);
    for (const { image: base } of stages) {
      // A digest may follow.
      expect(base.split('@')[0]).toBe(`node:${MANIFEST.devDependencies['node']}-trixie-slim`);
    }
    expect(read('.node-version').trim()).toBe(MANIFEST.devDependencies['node']);
  });

  it('is healthy while the server responds, and not otherwise', async () => {
    const [program = '', ...words] = commandOf(lastOf(image, 'HEALTHCHECK'));
    const isHealthy = (port: string): Promise<boolean> =>
      new Promise((resolve) => {
        execFile(program, words, { env: { PATH: process.env['PATH'], PORT: port } }, (error) => resolve(!error));
      });
    const server = await startTestServer();
    onTestFinished(() => server.close());
    const { port } = new URL(server.url);
    expect(await isHealthy(port)).toBe(true);
    await server.stop();
    expect(await isHealthy(port)).toBe(false);
  });
});

describe('compose.yaml', () => {
  it('gives the servers the addresses that nginx has, and time to stop', () => {
    const servers = Object.entries(compose.services).filter(([name]) => name.startsWith('server-'));
    const addresses = servers.map(([, { networks }]) => `${networks['front']?.ipv4_address}:4000`);
    // In turn, and again for what one of them has refused.
    expect(addressesIn('deploy/nginx/servers/compose.conf')).toEqual([...addresses, ...addresses]);
    expect(addresses).toHaveLength(3);
    for (const [, { stop_grace_period: grace = '' }] of servers) {
      expect(Number.parseInt(grace, 10)).toBeGreaterThan(LONGEST_STOP_S);
    }
  });

  it('mounts files that exist, and secrets that the page makes', () => {
    const services = Object.values(compose.services);
    const mounted = services.flatMap(({ volumes = [] }) => volumes).map((volume) => volume.split(':')[0] ?? '');
    expect(mounted.filter((path) => path.startsWith('.') && !existsSync(path))).toEqual([]);
    const used = services.flatMap(({ secrets = [] }) => secrets.map((of) => (typeof of === 'string' ? of : of.source)));
    expect(new Set(used)).toEqual(new Set(Object.keys(compose.secrets)));
    const page = read('docs/deploy.md');
    const files = Object.values(compose.secrets).map(({ file }) => file);
    expect(files.filter((file) => !page.includes(file) && !file.endsWith('.pem'))).toEqual([]);
  });
});

describe('the unit of systemd', () => {
  it('runs the program of the package, and gives it time to stop', () => {
    expect(unit).toContain(`ExecStart=/usr/bin/env node /opt/jobalyzer-graphql/${PROGRAM}\n`);
    expect(read('deploy/systemd/jobalyzer-graphql-backup.service')).toContain(
      `node /opt/jobalyzer-graphql/${PROGRAM} `,
    );
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(LONGEST_STOP_S);
  });
});

it('the page restores the newest copy that the unit has finished', async () => {
  const { path, remove } = await newDirectory();
  onTestFinished(remove);
  const sh = (text: string): string => execFileSync('sh', ['-c', text], { encoding: 'utf8' }).trim();
  const [, date = ''] =
    /"\$STATE\/\$\((date .*)\)"/.exec(read('deploy/systemd/jobalyzer-graphql-backup.service')) ?? [];
  const newest = join(path, sh(date.replaceAll('%%', '%')));
  // The last is what is left of one that was interrupted.
  const others = ['2020-02-02T020202', '9999-09-09T090909.unfinished-aB1cD2'].map((name) => join(path, name));
  for (const copy of [newest, ...others]) await mkdir(copy);
  const [line = ''] = /^BACKUP=.*$/m.exec(read('docs/deploy.md')) ?? [];
  expect(sh(`${line.replace('/var/lib/jobalyzer-graphql-backups', path)}; echo "$BACKUP"`)).toBe(`${newest}/`);
});

describe('the manifests of Kubernetes', () => {
  it('ask the paths of health, and give a server time to stop after it gets no more requests', () => {
    const { spec } = deployment('base').spec.template;
    const [container] = spec.containers;
    expect(container).toMatchObject({
      startupProbe: { httpGet: { path: '/healthz' } },
      readinessProbe: { httpGet: { path: '/readyz' } },
      livenessProbe: { httpGet: { path: '/healthz' } },
    });
    const [, seconds] = container?.lifecycle?.preStop.exec.command ?? [];
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(seconds) + LONGEST_STOP_S);
  });

  it('replace servers on PostgreSQL one by one, and never run two on an embedded ledger', () => {
    expect(deployment('postgresql').spec.strategy.type).toBe('RollingUpdate');
    expect(deployment('embedded').spec.strategy.type).toBe('Recreate');
  });
});

it('images are of the version of the package, and others are pinned', () => {
  const images = [
    ...Object.values(compose.services).map(({ image: name }) => name),
    ...stages.map((stage) => stage.image),
  ];
  const own = images.filter((name) => name.startsWith('jobalyzer-graphql'));
  expect(new Set(own)).toEqual(new Set([`jobalyzer-graphql:${MANIFEST.version}`]));
  expect(images.filter((name) => !/:\d+\.\d+/.test(name))).toEqual([]);
  expect(read('deploy/kubernetes/base/kustomization.yaml')).toContain(`newTag: ${MANIFEST.version}\n`);
  expect(read('SECURITY.md')).toContain(`(${MANIFEST.version.replace(/\d+$/, 'x')})`);
  for (const page of ['README.md', 'docs/deploy.md']) {
    const named = [...read(page).matchAll(/jobalyzer-graphql[:-](\d+\.\d+\.\d+)/g)].map(([, version = '']) => version);
    expect(new Set(named), page).toEqual(new Set([MANIFEST.version]));
  }
});

it('the workflow runs .ci/run, with actions pinned by their commit and no right to write', () => {
  const text = read('.github/workflows/ci.yml');
  expect(text).toContain('- run: .ci/run\n');
  const used = [...text.matchAll(/uses: (\S+)/g)].map(([, name = '']) => name);
  expect(used.filter((name) => !/@[0-9a-f]{40}$/.test(name))).toEqual([]);
  expect((parse(text) as { permissions: object }).permissions).toEqual({ contents: 'read' });
});

it('every manifest and template is YAML', () => {
  const paths = globSync('{deploy/**,.github/**}/*.{yaml,yml}');
  expect(paths.length).toBeGreaterThan(8);
  for (const path of paths) expect(parse(read(path)), path).toBeTypeOf('object');
});

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

function addressesIn(path: string): readonly string[] {
  return [...read(path).matchAll(/^ *server ([\d.:]+)/gm)].map(([, address = '']) => address);
}

/** A file of `NAME=value` lines. */
function variablesIn(text: string): Environment {
  return Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

/** Of the `settings.env` that docs/deploy.md writes. */
function settingsOfPage(index: number): Environment {
  const files = blocks('docs/deploy.md', 'sh').flatMap(
    (block) => /settings\.env <<'END'\n(.*?)^END$/ms.exec(block)?.[1] ?? [],
  );
  return variablesIn(files[index] ?? '');
}

/** What docs/deploy.md adds for a machine of each. */
function settingsOfEach(): Environment {
  const [, section = ''] = /^On a machine of each,(.*?)^## /ms.exec(read('docs/deploy.md')) ?? [];
  return variablesIn(section.replaceAll(/^ +/gm, ''));
}

function settingsOfUnit(): Environment {
  const places = { '%S': '/var/lib', '%C': '/var/cache', '%d': '/run/credentials/jobalyzer-graphql.service' };
  const lines = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, pairs = '']) => pairs.split(' '));
  return variablesIn(lines.join('\n').replaceAll(/%[SCd]/g, (place) => places[place as keyof typeof places]));
}

function deployment(folder: string): Deployment {
  return parse(read(join('deploy/kubernetes', folder, 'deployment.yaml'))) as Deployment;
}

function settingsOfPods(folder: string): Environment {
  return {
    ...environmentOf(image),
    ...variablesIn(read('deploy/kubernetes/base/settings.env')),
    ...fixedInPods(folder),
  };
}

function fixedInPods(folder: string): Environment {
  const pairs = ['base', folder].flatMap((name) => deployment(name).spec.template.spec.containers[0]?.env ?? []);
  return Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
}

function isCredential(setting: string): boolean {
  return setting === 'JOBALYZER_CLIENT_ID' || setting === 'JOBALYZER_CLIENT_SECRET_FILE';
}
