import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unpackMember } from '../../src/tools/unpack.ts';
import { scratch, tarball } from './fixtures.ts';
import type { Entry } from './fixtures.ts';

const good: Entry = { name: 'linux-amd64/helm', content: '#!/bin/sh\necho hello\n' };

async function unpack(entries: readonly Entry[], limits?: { entries: number; bytes: number }): Promise<string> {
  const folder = await scratch();
  const archive = path.join(folder, 'a.tar.gz');
  await writeFile(archive, await tarball(entries));
  await unpackMember(archive, 'linux-amd64/helm', path.join(folder, 'helm'), limits);
  return folder;
}

describe('unpackMember', () => {
  it('writes the wanted file, as a program, and nothing else', async () => {
    const folder = await unpack([{ name: 'linux-amd64/LICENSE', content: 'free' }, good]);
    expect(await readdir(folder)).toEqual(['a.tar.gz', 'helm']);
    expect(await readFile(path.join(folder, 'helm'), 'utf8')).toContain('echo hello');
    expect((await stat(path.join(folder, 'helm'))).mode & 0o777).toBe(0o755);
  });

  it('finds a file below ./', async () => {
    const folder = await unpack([{ ...good, name: './linux-amd64/helm' }]);
    expect(await readdir(folder)).toContain('helm');
  });

  it.each<[string, Entry]>([
    ['a path upwards', { name: 'linux-amd64/../../evil', content: 'x' }],
    ['an absolute path', { name: '/etc/cron.d/evil', content: 'x' }],
    ['a Windows path', { name: '..\\evil', content: 'x' }],
    ['a symbolic link', { name: 'linux-amd64/link', type: 'symlink' }],
    ['a hard link', { name: 'linux-amd64/link', type: 'link' }],
    ['a device', { name: 'linux-amd64/null', type: 'character-device' }],
    ['a pipe', { name: 'linux-amd64/pipe', type: 'fifo' }],
  ])('refuses an archive with %s, before or after the wanted file', async (_what, evil) => {
    await expect(unpack([evil, good])).rejects.toMatchObject({ code: 'OR-TOOL-ARCHIVE' });
    await expect(unpack([good, evil])).rejects.toMatchObject({ code: 'OR-TOOL-ARCHIVE' });
  });

  it('refuses the wanted file when it is a link', async () => {
    await expect(unpack([{ name: good.name, type: 'symlink' }])).rejects.toThrow(/is a symlink/);
  });

  it('refuses the wanted file twice', async () => {
    await expect(unpack([good, good])).rejects.toThrow(/in it twice/);
  });

  it('refuses too many entries and too many bytes', async () => {
    const many = Array.from({ length: 11 }, (_, index): Entry => ({ name: `f${index}`, content: 'x' }));
    await expect(unpack([...many, good], { entries: 10, bytes: 1e6 })).rejects.toThrow(/more than 10 entries/);
    const large: Entry = { name: 'zeros', content: Buffer.alloc(1_000_001) };
    await expect(unpack([large, good], { entries: 10, bytes: 1e6 })).rejects.toThrow(/more than 1000000 bytes/);
  });

  it('says so when the wanted file is not there', async () => {
    await expect(unpack([{ name: 'other/helm', content: 'x' }])).rejects.toThrow(/"linux-amd64\/helm" is not in it/);
  });

  it.each([
    ['no gzip at all', (bytes: Buffer) => Buffer.from(bytes.toString('hex'))],
    ['a truncated archive', (bytes: Buffer) => bytes.subarray(0, bytes.length - 40)],
    ['a gzip that is no archive', () => gzipSync('just text, '.repeat(100))],
  ])('refuses %s', async (_what, spoil) => {
    const folder = await scratch();
    const archive = path.join(folder, 'a.tar.gz');
    await writeFile(archive, spoil(await tarball([{ ...good, content: Buffer.alloc(5000, 'random?') }])));
    await expect(unpackMember(archive, good.name, path.join(folder, 'helm'))).rejects.toMatchObject({
      code: 'OR-TOOL-ARCHIVE',
    });
  });
});
