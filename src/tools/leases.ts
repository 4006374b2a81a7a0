import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive, ownerOf } from './owner.ts';

/** What runs on this machine have there, each a file named after it that says whose it is. */
export interface Lease {
  readonly name: string;
  /** Whether the run that has it still runs; null when that cannot be told. */
  readonly isAlive: boolean | null;
  readonly ageMs: number;
}

/** Folder of the leases on one kind of thing, of this user alone. */
export function leaseFolder(of: 'builder' | 'clusters'): string {
  return path.join(tmpdir(), `operator-release-${of}-${process.getuid?.() ?? 0}`);
}

/** To be called before the thing is made, so that a kill in between leaves nothing that no one knows of. */
export async function takeLease(folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path.join(folder, name), await ownerOf(process.pid));
}

/** Not an error for one that is not there. */
export async function endLease(folder: string, name: string): Promise<void> {
  await rm(path.join(folder, name), { force: true });
}

export async function leasesIn(folder: string): Promise<readonly Lease[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const leases = entries
    .filter((entry) => entry.isFile())
    .map(async ({ name }): Promise<Lease | null> => {
      const file = path.join(folder, name);
      try {
        const { mtimeMs } = await stat(file);
        return { name, isAlive: await isAlive((await readFile(file, 'utf8')).trim()), ageMs: Date.now() - mtimeMs };
      } catch {
        // Its run has just ended it.
        return null;
      }
    });
  return (await Promise.all(leases)).filter((lease) => lease !== null);
}
