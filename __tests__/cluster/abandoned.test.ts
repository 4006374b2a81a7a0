import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { deleteAbandoned } from '../../src/cluster/abandoned.ts';
import { BufferLog } from '../../src/log.ts';
import type { Exec } from '../../src/tools/exec.ts';
import { ownerOf } from '../../src/tools/owner.ts';
import { killedOwner, scratch } from '../tools/fixtures.ts';

let folder = '';
beforeEach(async () => {
  folder = path.join(await scratch(), 'clusters');
  await mkdir(folder);
});

/** Runs it with a kind that fails for some clusters; gives those that it was told to delete, and the log. */
async function deleted(failing: readonly string[] = []): Promise<{ names: string[]; lines: readonly string[] }> {
  const names: string[] = [];
  const exec: Exec = (_tool, args) => {
    const name = args.at(-1) ?? '';
    names.push(name);
    if (failing.includes(name)) return Promise.reject(new Error('no exit event'));
    return Promise.resolve({ exitCode: 0, stdout: '', stderr: '' });
  };
  const log = new BufferLog();
  await deleteAbandoned('kind', exec, log, folder);
  return { names, lines: log.lines };
}

async function leave(name: string, owner: string): Promise<void> {
  await writeFile(path.join(folder, name), owner);
}

it('deletes the clusters of killed runs, once', async () => {
  await leave('orp-1-1-4711-mini', await killedOwner());
  expect(await deleted()).toEqual({
    names: ['orp-1-1-4711-mini'],
    lines: ['deleted the cluster orp-1-1-4711-mini, which a killed run had left'],
  });
  expect((await deleted()).names).toEqual([]);
});

it('leaves those of runs that live, and of which nothing can be told', async () => {
  await leave('orp-1-1-1-lives', await ownerOf(process.pid));
  await leave('orp-1-1-2-in-a-container', '4711.1.99');
  await leave('orp-1-1-3-written-by-halves', '');
  expect((await deleted()).names).toEqual([]);
  expect(await readdir(folder)).toHaveLength(3);
});

it('touches nothing that the action has not named', async () => {
  const gone = await killedOwner();
  for (const name of ['production', '--all', 'orp-a b']) await leave(name, gone);
  expect((await deleted()).names).toEqual([]);
});

it('goes on after one that cannot be deleted, and tries it again the next time', async () => {
  const gone = await killedOwner();
  await leave('orp-a', gone);
  await leave('orp-b', gone);
  const { names, lines } = await deleted(['orp-a']);
  expect(names.sort()).toEqual(['orp-a', 'orp-b']);
  expect(lines).toContain('could not delete the cluster orp-a, which a killed run had left: no exit event');
  expect((await deleted()).names).toEqual(['orp-a']);
});

it('is content with no folder', async () => {
  folder = path.join(folder, 'not-there');
  expect((await deleted()).names).toEqual([]);
});
