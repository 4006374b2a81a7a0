import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from './files.ts';

/** The real .github/release, with a `gh` that notes what it is asked, and knows tags and releases of made-up names. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'release-'));
  await mkdir(join(folder, '.github'));
  await cp(join(root, '.github/release'), join(folder, '.github/release'));
  await writeFile(
    join(folder, 'gh'),
    `#!/bin/bash
cd "$(dirname "$0")"
echo "$*" >>calls
case "$*" in
  *matching-refs*) cat refs ;;
  'release view '*) grep -qxF "$3" releases ;;
esac
`,
    { mode: 0o755 },
  );
});
afterEach(() => rm(folder, { recursive: true }));

interface World {
  readonly tags: readonly string[];
  readonly releases?: readonly string[];
  /** Version in package.json; default: the one of the tag. */
  readonly version?: string;
}

async function release(tag: string, world: World): Promise<{ code: number | null; writes: string[]; said: string }> {
  await writeFile(join(folder, 'refs'), world.tags.map((each) => `refs/tags/${each}\n`).join(''));
  await writeFile(join(folder, 'releases'), (world.releases ?? []).map((each) => `${each}\n`).join(''));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ version: world.version ?? tag.slice(1) }));
  await writeFile(join(folder, 'calls'), '');
  const { status, stdout, stderr } = spawnSync(join(folder, '.github/release'), [tag, 'c0ffee'], {
    env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, GITHUB_REPOSITORY: 'o/r' },
    encoding: 'utf8',
  });
  const calls = (await readFile(join(folder, 'calls'), 'utf8')).split('\n');
  const writes = calls.filter((call) => /create|edit|POST|PATCH/.test(call));
  return { code: status, writes, said: stdout + stderr };
}

const create = (tag: string): string =>
  `release create ${tag} --repo o/r --title ${tag} --draft --verify-tag --generate-notes`;
const publish = (tag: string, isLatest: boolean): string =>
  `release edit ${tag} --repo o/r --draft=false --latest=${String(isLatest)}`;
const move = (major: string): string =>
  `api --method PATCH repos/o/r/git/refs/tags/${major} -f sha=c0ffee -F force=true`;

describe('.github/release', () => {
  it('publishes a draft, then makes the tag of the major version', async () => {
    expect(await release('v1.0.0', { tags: ['v1.0.0'] })).toEqual({
      code: 0,
      said: '',
      writes: [
        create('v1.0.0'),
        publish('v1.0.0', true),
        'api --method POST repos/o/r/git/refs -f ref=refs/tags/v1 -f sha=c0ffee',
      ],
    });
  });

  it('compares versions as numbers, and moves the tag that is there', async () => {
    const { writes } = await release('v1.10.0', { tags: ['v1', 'v1.10.0', 'v1.9.3', 'v1.11.0-rc.1', 'v10'] });
    expect(writes).toEqual([create('v1.10.0'), publish('v1.10.0', true), move('v1')]);
  });

  it('makes a fix of an older major version the highest of that one only', async () => {
    const { writes } = await release('v1.2.4', { tags: ['v1', 'v1.2.3', 'v1.2.4', 'v2', 'v2.0.0'] });
    expect(writes).toEqual([create('v1.2.4'), publish('v1.2.4', false), move('v1')]);
  });

  it('moves nothing backwards', async () => {
    const { writes, said } = await release('v1.2.4', { tags: ['v1', 'v1.2.4', 'v1.3.0'] });
    expect(writes).toEqual([create('v1.2.4'), publish('v1.2.4', false)]);
    expect(said).toContain('v1 stays on v1.3.0');
  });

  it('finishes what an earlier run began', async () => {
    const { writes } = await release('v1.0.0', { tags: ['v1', 'v1.0.0'], releases: ['v1.0.0'] });
    expect(writes).toEqual([publish('v1.0.0', true), move('v1')]);
  });

  it.each([
    ['a tag that is no version', 'v1.02.3', { tags: ['v1.02.3'] }, 'is not a tag of a version'],
    [
      'another version in package.json',
      'v1.2.3',
      { tags: ['v1.2.3'], version: '1.2.2' },
      'another version than v1.2.3',
    ],
    ['a tag that was deleted', 'v1.2.3', { tags: ['v1.2.2'] }, 'no tag v1.2.3 any more'],
  ])('refuses %s, and changes nothing', async (_, tag, world, reason) => {
    const { code, writes, said } = await release(tag, world);
    expect({ code, writes }).toEqual({ code: 1, writes: [] });
    expect(said).toContain(reason);
  });
});
