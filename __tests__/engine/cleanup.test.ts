import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCleanup, parseResources, tearDown } from '../../src/engine/cleanup.ts';
import type { Resource } from '../../src/engine/cleanup.ts';
import { BufferLog } from '../../src/log.ts';
import type { Exec } from '../../src/tools/exec.ts';

const cluster = (name: string): Resource => ({ kind: 'cluster', name, tool: '/usr/bin/kind' });

describe('createCleanup', () => {
  it('saves each resource at once, and each one once', () => {
    const saved: number[] = [];
    const cleanup = createCleanup((resources) => saved.push(resources.length));
    cleanup.add(cluster('a'));
    cleanup.add({ kind: 'folder', path: '/tmp/x' });
    cleanup.add(cluster('a'));
    expect(saved).toEqual([1, 2]);
    expect(cleanup.resources()).toEqual([cluster('a'), { kind: 'folder', path: '/tmp/x' }]);
  });
});

describe('tearDown', () => {
  /** kind, which fails so many times for a cluster. */
  const kind = (failures: Readonly<Record<string, number>>): { calls: string[]; exec: Exec } => {
    const left: Record<string, number> = { ...failures };
    const calls: string[] = [];
    const exec: Exec = (tool, args, options) => {
      const name = args.at(-1) ?? '';
      calls.push([tool, ...args].join(' '));
      const fails = (left[name] ?? 0) > 0;
      if (fails) left[name] = (left[name] ?? 0) - 1;
      if (fails && options?.allowFailure !== true) return Promise.reject(new Error('no exit event'));
      return Promise.resolve({ exitCode: fails ? 1 : 0, stdout: '', stderr: '' });
    };
    return { calls, exec };
  };

  it('goes backwards, tries a cluster twice, and goes on after what cannot be removed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cleanup-'));
    writeFileSync(join(folder, 'file'), '');
    const log = new BufferLog();
    const { calls, exec } = kind({ twice: 1, never: 2 });
    await tearDown([{ kind: 'folder', path: folder }, cluster('twice'), cluster('never'), cluster('last')], exec, log);
    const del = (name: string): string => `/usr/bin/kind delete cluster --name ${name}`;
    expect(calls).toEqual([del('last'), del('never'), del('never'), del('twice'), del('twice')]);
    expect(log.lines).toEqual([
      'deleted the cluster last',
      'warning: could not remove the cluster never: no exit event',
      'deleted the cluster twice',
    ]);
    expect(existsSync(folder)).toBe(false);
  });

  it('does not mind a folder that is gone', async () => {
    const log = new BufferLog();
    await tearDown([{ kind: 'folder', path: join(tmpdir(), 'never-was-there') }], kind({}).exec, log);
    expect(log.lines).toEqual([]);
  });
});

describe('parseResources', () => {
  it('reads back what was saved', () => {
    const saved: Resource[] = [cluster('a'), { kind: 'builder', lease: 'l' }, { kind: 'folder', path: '/tmp/x' }];
    expect(parseResources(JSON.stringify(saved))).toEqual(saved);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['no list', '{"kind":"folder","path":"/"}'],
    ['no objects', '[null, 1, "folder", [[]]]'],
    ['an unknown kind', '[{"kind":"disk","path":"/"}]'],
    ['a folder without a path', '[{"kind":"folder"}]'],
    ['a path that is no text', '[{"kind":"folder","path":{"a":1}}]'],
    ['a cluster without its tool', '[{"kind":"cluster","name":"a"}]'],
    ['a builder without a lease', '[{"kind":"builder"}]'],
  ])('takes %s for no resource', (_, text) => {
    expect(parseResources(text)).toEqual([]);
  });

  it('keeps what is right beside what is wrong', () => {
    expect(parseResources('[{"kind":"disk"},{"kind":"folder","path":"/tmp/x"}]')).toEqual([
      { kind: 'folder', path: '/tmp/x' },
    ]);
  });
});
