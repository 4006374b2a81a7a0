import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { matchesGlob } from 'node:path';
import type { FileSet } from './files.ts';

/** Targets that a Makefile and what it includes define, read and not run: `make -qp` would run its shell calls. */
export async function makeTargets(root: string, makefile: string, files: FileSet): Promise<readonly string[]> {
  const folder = posix.dirname(makefile);
  const text = await readFile(join(root, makefile), 'utf8').catch(() => '');
  const included = [...text.matchAll(/^-?include\s+(.+)$/gm)].flatMap((match) => (match[1] ?? '').split(/\s+/));
  const siblings = files.under(folder).filter((file) => included.some((glob) => matchesGlob(file, posix.join(folder, glob))));
  const texts = await Promise.all(siblings.map((file) => readFile(join(root, file), 'utf8').catch(() => '')));
  const targets = [text, ...texts].flatMap((content) => [...content.matchAll(/^([A-Za-z0-9][\w.-]*)\s*::?(?!=)/gm)]);
  return [...new Set(targets.map((match) => match[1] ?? ''))];
}
