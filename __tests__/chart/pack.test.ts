import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readArchive, repack } from '../../src/chart/pack.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
import { chartIn, helm } from './charts.ts';

const folder = mkdtempSync(join(tmpdir(), 'pack-'));
const long = `memo/templates/${'deep/'.repeat(30)}${'x'.repeat(90)}.yaml`;
const content: Readonly<Record<string, Buffer>> = {
  'memo/values.yaml': Buffer.from('a: 1\n'),
  'memo/Chart.yaml': Buffer.from('name: memo\n'),
  'memo/charts/sub/Chart.yaml': Buffer.from('name: sub\n'),
  'memo/.helmignore': Buffer.alloc(0),
  'memo/files/ünï.bin': Buffer.from([0, 255, 10, 13, 0]),
  [long]: Buffer.from('long: name\n'),
};

/** The content as GNU tar packs it, in any order, with these times and this owner. */
function packed(name: string, names: readonly string[], seconds: number, owner: number): string {
  const tree = mkdtempSync(join(folder, 'tree-'));
  for (const [path, bytes] of Object.entries(content)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), bytes, { mode: owner === 0 ? 0o600 : 0o755 });
    utimesSync(join(tree, path), seconds, seconds);
  }
  const file = join(folder, name);
  execFileSync('tar', ['-czf', file, `--owner=${owner}`, `--group=${owner}`, '-C', tree, ...names]);
  return file;
}

describe('repack', () => {
  it('gives the same bytes for the same content', async () => {
    const names = Object.keys(content);
    const one = packed('one.tgz', names, 1_000_000, 0);
    const two = packed('two.tgz', [...names].reverse(), 1_700_000_000, 1234);
    expect(readFileSync(one).equals(readFileSync(two))).toBe(false);
    const sha = await repack(one, 1_767_225_600);
    expect(await repack(two, 1_767_225_600)).toBe(sha);
    const bytes = readFileSync(one);
    expect(readFileSync(two).equals(bytes)).toBe(true);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha);
    expect(await repack(one, 1_767_225_600)).toBe(sha);
  });

  it('keeps every byte of the content, and puts Chart.yaml first', async () => {
    const file = packed('kept.tgz', Object.keys(content), 5, 0);
    await repack(file, 7);
    expect(Object.fromEntries(await readArchive(file))).toEqual(content);
    const listed = execFileSync('tar', ['-tvzf', file, '--full-time', '--utc'], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(listed[0]).toMatch(/^-rw-r--r-- 0\/0 +11 1970-01-01 00:00:07 memo\/Chart\.yaml$/);
    expect(new Set(listed.map((line) => line.slice(0, 10)))).toEqual(new Set(['-rw-r--r--']));
  });

  it('gives other bytes for other content or another time', async () => {
    const file = packed('other.tgz', Object.keys(content), 5, 0);
    const sha = await repack(file, 7);
    expect(await repack(file, 8)).not.toBe(sha);
    const less = packed('less.tgz', Object.keys(content).slice(1), 5, 0);
    expect(await repack(less, 7)).not.toBe(sha);
  });

  it.skipIf(helm === null)('is what Helm packs, reads and renders, whenever it packed it', async () => {
    const repo = makeRepo(chartIn('memo', 'memo'));
    afterAll(() => repo.remove());
    const run = (...args: string[]): string => execFileSync(helm ?? '', args, { encoding: 'utf8' });
    const shas: string[] = [];
    for (const seconds of [1_000_000_000, 1_600_000_000]) {
      for (const path of ['Chart.yaml', 'values.yaml', 'templates/map.yaml'])
        utimesSync(join(repo.root, 'memo', path), seconds, seconds);
      run('package', join(repo.root, 'memo'), '--version', '1.2.3', '--destination', folder);
      shas.push(await repack(join(folder, 'memo-1.2.3.tgz'), 1_767_225_600));
    }
    expect(shas[0]).toBe(shas[1]);
    const file = join(folder, 'memo-1.2.3.tgz');
    expect(run('show', 'chart', file)).toContain('version: 1.2.3');
    expect(run('template', 'x', file)).toContain('greeting: hello');
  });
});

describe('readArchive', () => {
  it('refuses what is much larger than a chart', async () => {
    const file = join(folder, 'bomb.tgz');
    mkdirSync(join(folder, 'bomb'));
    writeFileSync(join(folder, 'bomb/zeros'), Buffer.alloc(65 * 1024 * 1024));
    execFileSync('tar', ['-czf', file, '-C', folder, 'bomb']);
    await expect(readArchive(file)).rejects.toThrow('the chart has more than');
  });

  it('refuses what is torn', async () => {
    const file = packed('torn.tgz', Object.keys(content), 5, 0);
    writeFileSync(file, readFileSync(file).subarray(0, 100));
    await expect(readArchive(file)).rejects.toThrow();
  });
});
