import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Folders that no release takes files from; the first is huge, the second is git's own. */
const skipped: ReadonlySet<string> = new Set(['node_modules', '.git']);

/** All files below a folder, absolute, sorted; links to folders are not followed. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow(path);
      return [path];
    }),
  );
  return lists.flat().sort();
}
