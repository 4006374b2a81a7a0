import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { locked } from '../../src/tools/lock.ts';
import { ownerOf } from '../../src/tools/owner.ts';
import { killedOwner, scratch } from './fixtures.ts';

let folder = '';
beforeEach(async () => (folder = path.join(await scratch(), 'locks')));

/** Whether the work was done within half a second. */
async function isFree(): Promise<boolean> {
  const work = locked(folder, () => Promise.resolve()).then(() => true);
  const isDone = await Promise.race([work, delay(500, false)]);
  if (!isDone) void work.catch(() => undefined);
  return isDone;
}

/** A lock as another process has left it. */
async function left(owner: string, ageMs = 0): Promise<string> {
  const file = path.join(folder, 'lock', owner);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, '');
  const then = new Date(Date.now() - ageMs);
  await utimes(file, then, then);
  return file;
}

describe('locked', () => {
  it('lets one work at a time, and leaves nothing behind', async () => {
    let [working, most, done] = [0, 0, 0];
    const work = async (): Promise<void> => {
      most = Math.max(most, ++working);
      await delay(20);
      working--;
      done++;
    };
    await Promise.all([1, 2, 3, 4, 5].map(() => locked(folder, work)));
    expect([most, done]).toEqual([1, 5]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is given back by work that fails', async () => {
    await expect(locked(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await isFree()).toBe(true);
  });

  it('waits for a process that lives', async () => {
    await left(`${await ownerOf(process.ppid)}.a`);
    expect(await isFree()).toBe(false);
  });

  it('takes over at once from a process that was killed', async () => {
    await left(`${await killedOwner()}.a`);
    expect(await isFree()).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes over from one whose number another process has now', async () => {
    const [pid, , namespace] = (await ownerOf(process.pid)).split('.');
    await left(`${pid ?? ''}.1.${namespace ?? ''}.a`);
    expect(await isFree()).toBe(process.platform === 'linux');
  });

  it('waits two minutes for one in another container, which it cannot see', async () => {
    const file = await left('4711.1.99.a', 110_000);
    expect(await isFree()).toBe(false);
    const old = new Date(Date.now() - 130_000);
    await utimes(file, old, old);
    expect(await isFree()).toBe(true);
  });

  it('takes over once only when many find the owner gone', async () => {
    await left(`${await killedOwner()}.a`);
    let [working, most] = [0, 0];
    await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() =>
        locked(folder, async () => {
          most = Math.max(most, ++working);
          await delay(10);
          working--;
        }),
      ),
    );
    expect(most).toBe(1);
  });
});
