import { globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildWithBuildx } from '../../src/image/buildx.ts';
import { hostOf } from '../image/host.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/security.md');

/** The tests that the page names: file and title. */
const named = [...page.matchAll(/^- `(__tests__\/[\w./-]+\.test\.ts)`: "(.+)"$/gm)].map(
  ([, file = '', title = '']) => [file, title] as const,
);

describe('docs/security.md', () => {
  it('has the twenty items, each with a test', () => {
    const items = page.split(/^## /m).slice(1);
    expect(items.map((item) => Number.parseInt(item, 10))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    for (const item of items) expect(item, item.slice(0, 30)).toMatch(/^- `__tests__\//m);
    // A line that the pattern above does not read would be a test that nobody looks for.
    expect(page.match(/^- /gm)).toHaveLength(named.length);
  });

  it.each(named)('%s: %s', (file, title) => {
    const quoted = title.replaceAll("'", "\\'");
    expect([title, quoted].some((text) => read(file).includes(text))).toBe(true);
  });
});

it('no build restores from a cache that others can fill', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'checklist-'));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
  const { host, builds } = hostOf(folder);
  const request = { context: '.', target: null, platforms: ['linux/amd64'], buildArgs: {}, labels: {}, seconds: 0 };
  await buildWithBuildx(host, request, 'Dockerfile', join(folder, 'image'));
  expect(builds.flatMap(({ args }) => args).filter((argument) => /cache-(?:from|to)|type=gha/.test(argument))).toEqual(
    [],
  );
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  expect(Object.keys(dependencies)).not.toContain('@actions/cache');
});

it('the documentation claims no more than SLSA Build L2', () => {
  const pages = ['README.md', 'SECURITY.md', 'action.yml', ...globSync('docs/**/*.md', { cwd: root })];
  expect(pages).toContain('docs/security.md');
  const claims = pages.flatMap((path) =>
    [...read(path).matchAll(/\b(?:build|slsa)[ -](?:build )?(?:l|level )([0-4])\b/gi)].map(([, level = '']) => ({
      path,
      level: Number(level),
    })),
  );
  expect(claims.length).toBeGreaterThan(0);
  expect(claims.filter(({ level }) => level > 2)).toEqual([]);
});

/** The faults of registries by the ids of the table that they come from. */
it.each(Array.from({ length: 16 }, (_, index) => `R${index + 1}`))('a fault of registries has a test: %s', (id) => {
  const files = globSync('__tests__/**/*.test.ts', { cwd: root }).filter((file) => !file.includes('checklist'));
  const titles = files.flatMap((file) =>
    [...read(file).matchAll(/\(['"`][^\n]*\((R\d+[^)]*)\)/g)].map(([, ids]) => ids),
  );
  expect(titles.flatMap((ids) => ids?.split(/, /) ?? [])).toContain(id);
});
