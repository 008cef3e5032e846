import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const PAGES = ['*.md', 'docs/**/*.md', 'bench/*.md'].flatMap((pattern) => globSync(pattern));

it.each(PAGES)('%s links only to what exists', (page) => {
  const targets = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string);
  const broken = targets.filter((target) => !/^https?:/.test(target)).filter((target) => !exists(page, target));
  expect(broken).toEqual([]);
});

/** Of the package: npm adds these two to what the manifest lists. */
const PACKED = [
  ...(JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] }).files,
  'README.md',
  'package.json',
];

it.each(PAGES.filter(isPacked))('%s is in the package, and links only to what is there as well', (page) => {
  const targets = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)/g)].map(([, target]) => target as string);
  const paths = targets.filter((target) => !/^https?:/.test(target)).map((target) => join(dirname(page), target));
  expect(paths.filter((path) => !isPacked(path))).toEqual([]);
});

it.each(PAGES)('%s names only files and folders that exist', (page) => {
  const named = readFileSync(page, 'utf8').matchAll(/`((?:src|test|docs|scripts|bench|playground)\/[\w./-]*)`/g);
  expect([...named].map(([, path = '']) => path).filter((path) => !existsSync(path))).toEqual([]);
});

function isPacked(path: string): boolean {
  return PACKED.some((packed) => path === packed || path.startsWith(`${packed}/`));
}

/** Whether the file exists and has a heading for the anchor. */
function exists(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(file)) return false;
  if (anchor === undefined) return true;
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading as string);
  const anchors = headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
  return anchors.includes(anchor);
}
