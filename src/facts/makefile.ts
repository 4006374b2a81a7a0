import { matchesGlob, posix } from 'node:path';
import type { FileSet } from './files.ts';
import { readText } from './read.ts';

/** Targets that a Makefile and what it includes define, read and not run: `make -qp` would run its shell calls. */
export async function makeTargets(root: string, makefile: string, files: FileSet): Promise<readonly string[]> {
  const read = (file: string): Promise<string> => readText(root, file).catch(() => '');
  const text = await read(makefile);
  const included = [...text.matchAll(/^[-s]?include\s+(.+)$/gm)].flatMap((match) => (match[1] ?? '').split(/\s+/));
  const paths = included.flatMap((glob) => filesOf(posix.join(posix.dirname(makefile), glob), files));
  const texts = [text, ...(await Promise.all([...new Set(paths)].map(read)))];
  // One rule may have several targets: "manifests generate: controller-gen".
  const heads = texts.flatMap((content) => [...content.matchAll(/^([A-Za-z0-9][^:=#\n]*?)\s*::?(?![:=])/gm)]);
  const targets = heads.flatMap((match) => (match[1] ?? '').split(/\s+/));
  return [...new Set(targets.filter((target) => /^[A-Za-z0-9][\w./-]*$/.test(target)))];
}

function filesOf(glob: string, files: FileSet): readonly string[] {
  const plain = glob.search(/[*?[]/);
  if (plain === -1) return files.has(glob) ? [glob] : [];
  return files.under(posix.dirname(`${glob.slice(0, plain)}x`)).filter((file) => matchesGlob(file, glob));
}
