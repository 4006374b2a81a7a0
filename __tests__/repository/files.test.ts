import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { satisfies } from 'semver';
import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { linesWith, read, root, tracked } from './files.ts';

const manifest = JSON.parse(read('package.json')) as Readonly<Record<string, unknown>>;
const lock = JSON.parse(read('package-lock.json')) as {
  readonly name: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, Locked>>;
};

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

it('the licence is the one that package.json names', () => {
  expect(manifest['license']).toBe('Apache-2.0');
  expect(read('LICENSE')).toMatch(/Apache License\s+Version 2\.0, January 2004/);
});

it('SECURITY.md says where to report, and which versions are mended', () => {
  const page = read('SECURITY.md');
  expect(page).toMatch(/^# /);
  expect(page).toMatch(/report a vulnerability/i);
  expect(page).toMatch(/supported versions/i);
});

it('the lock names no registry, and has the sum of every package', () => {
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  expect(packages.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
  expect([lock.name, lock.version]).toEqual([manifest['name'], manifest['version']]);
});

it('the lock has every dependency in a version that fits, also those of other platforms: else npm ci refuses it', () => {
  const wrong = Object.entries(lock.packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.entries({ ...dependencies, ...optionalDependencies })
      .filter(([name, range]) => !satisfies(locked(path, name)?.version ?? '', range))
      .map(([name, range]) => `${path} needs ${name} ${range}`),
  );
  expect(wrong).toEqual([]);
});

/** What a package gets for a name: from its own folder, or one above it, as node looks for it. */
function locked(path: string, name: string): Locked | undefined {
  const own = lock.packages[`${path === '' ? '' : `${path}/`}node_modules/${name}`];
  if (own !== undefined || path === '') return own;
  return locked(path.slice(0, Math.max(path.lastIndexOf('node_modules/') - 1, 0)), name);
}

it('the action runs modules that are committed', async () => {
  expect(manifest['type']).toBe('module');
  const { runs } = parse(read('action.yml')) as { runs: { main: string; post: string } };
  const wanted = [runs.main, runs.post, ...Object.values(manifest['bin'] as Record<string, string>)];
  expect(tracked('dist')).toEqual(expect.arrayContaining(wanted));
  for (const path of wanted) expect((await stat(join(root, path))).size).toBeGreaterThan(0);
});

it('nothing names a folder of one machine, or the host of a package registry', () => {
  // What is cached while an image is built lies in the image's own root folder.
  const texts = tracked(':(exclude)package-lock.json', ':(exclude,glob)**/go.sum', ':(exclude,glob)**/Dockerfile');
  const machine = new RegExp(`(?<!type=cache,target=)(?<![\\w.$}/-])/(${['work', 'root'].join('|')})/`);
  const hosts = new RegExp(['registry\\.npmjs', 'pypi', 'proxy\\.golang'].map((host) => `${host}\\.org`).join('|'));
  const here = texts.filter((path) => !/\.(tgz|png|gz|tar)$/.test(path) && !path.startsWith('dist/'));
  expect(linesWith(machine, here)).toEqual([]);
  expect(linesWith(hosts, here)).toEqual([]);
});
