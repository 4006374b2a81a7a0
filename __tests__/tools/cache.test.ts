import { find as libraryFind } from '@actions/tool-cache';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { folderCache, toolCacheRoot } from '../../src/tools/cache.ts';
import { program, scratch } from './fixtures.ts';

describe('toolCacheRoot', () => {
  it.each([
    ['the runner has one', { RUNNER_TOOL_CACHE: '/opt/hostedtoolcache', XDG_CACHE_HOME: '/x' }, '/opt/hostedtoolcache'],
    ['a laptop has a cache folder', { XDG_CACHE_HOME: '/x' }, '/x/operator-release/tools'],
    ['a laptop has none', {}, '/home/me/.cache/operator-release/tools'],
    ['a laptop has a relative one', { XDG_CACHE_HOME: 'x' }, '/home/me/.cache/operator-release/tools'],
  ])('when %s', (_when, env, root) => {
    expect(toolCacheRoot(env, '/home/me')).toBe(root);
  });
});

describe('folderCache', () => {
  it('keeps a program where the library and other actions find it', async () => {
    const folder = await scratch();
    const cache = folderCache(path.join(folder, 'cache'));
    const built = await program(folder, 'helm', 'v4.3.0');
    expect(cache.find('helm', '4.3.0', process.arch)).toBeNull();
    const kept = await cache.store('helm', '4.3.0', process.arch, built);
    expect(cache.find('helm', '4.3.0', process.arch)).toBe(kept);
    expect(cache.find('helm', '4.3.1', process.arch)).toBeNull();
    expect(execFileSync(kept, { encoding: 'utf8' })).toBe('v4.3.0\n');
    vi.stubEnv('RUNNER_TOOL_CACHE', path.join(folder, 'cache'));
    expect(path.join(libraryFind('helm', '4.3.0'), 'helm')).toBe(kept);
    vi.unstubAllEnvs();
  });

  it('does not see a program whose store was cut short', async () => {
    const folder = await scratch();
    const cache = folderCache(folder);
    await program(path.join(folder, 'helm/4.3.0', process.arch), 'helm', 'half');
    expect(cache.find('helm', '4.3.0', process.arch)).toBeNull();
  });

  it.each([
    ['lies deeper, as azure/setup-helm stores it', 'linux-amd64/helm'],
    ['is a folder', 'helm/helm'],
  ])('does not take an entry of which the program %s', async (_where, file) => {
    const folder = await scratch();
    const entry = path.join(folder, 'helm/4.3.0', process.arch);
    await program(path.join(entry, path.dirname(file)), 'helm', 'v4.3.0');
    await writeFile(`${entry}.complete`, '');
    expect(folderCache(folder).find('helm', '4.3.0', process.arch)).toBeNull();
  });

  it('does not take an entry of which the program may not be run, and stores another over it', async () => {
    const folder = await scratch();
    const cache = folderCache(folder);
    const entry = path.join(folder, 'helm/4.3.0', process.arch);
    await mkdir(entry, { recursive: true });
    await writeFile(path.join(entry, 'helm'), 'text', { mode: 0o644 });
    await writeFile(`${entry}.complete`, '');
    expect(cache.find('helm', '4.3.0', process.arch)).toBeNull();
    const kept = await cache.store('helm', '4.3.0', process.arch, await program(folder, 'built', 'v4.3.0'));
    expect(cache.find('helm', '4.3.0', process.arch)).toBe(kept);
  });

  it('stores the same program from many runs at once, never a half one', async () => {
    const folder = await scratch();
    const cache = folderCache(path.join(folder, 'cache'));
    const built = path.join(folder, 'built');
    await writeFile(built, Buffer.alloc(4_000_000, 'x'));
    const paths = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const kept = await cache.store('helm', '4.3.0', process.arch, built);
        expect((await readFile(kept)).length).toBe(4_000_000);
        return kept;
      }),
    );
    expect(new Set(paths).size).toBe(1);
    expect(await readdir(path.join(folder, 'cache/helm/4.3.0'))).toEqual([process.arch, `${process.arch}.complete`]);
  });

  it('writes nothing to standard output and leaves the environment as it was', async () => {
    const write = vi.spyOn(process.stdout, 'write');
    const before = process.env.RUNNER_TOOL_CACHE;
    folderCache(await scratch()).find('helm', '4.3.0', process.arch);
    expect(write).not.toHaveBeenCalled();
    expect(process.env.RUNNER_TOOL_CACHE).toBe(before);
    write.mockRestore();
  });
});
