import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every `OR-…` code that stands as a text in src/, with the files that name it. A prefix such as `'OR-TOOL-'` is none. */
export async function errorCodes(root: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const codes = new Map<string, string[]>();
  const files: string[] = [];
  for await (const file of glob('src/**/*.ts', { cwd: root })) files.push(file);
  for (const file of files.sort()) {
    const text = await readFile(join(root, file), 'utf8');
    for (const [code] of text.matchAll(/(?<=['"`])OR-[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*(?=['"`])/g)) {
      const seen = codes.get(code) ?? [];
      if (!seen.includes(file)) codes.set(code, [...seen, file]);
    }
  }
  return codes;
}

/** Headings of docs/errors.md that are codes, in order. */
export async function errorSections(root: string): Promise<readonly string[]> {
  const text = await readFile(join(root, 'docs/errors.md'), 'utf8');
  return [...text.matchAll(/^## (OR-[A-Z0-9-]+)$/gm)].map((match) => match[1] ?? '');
}

/** What docs/errors.md lacks, has too much, twice, or out of order; empty when it is right. */
export function uncovered(codes: ReadonlyMap<string, readonly string[]>, sections: readonly string[]): string[] {
  return [
    ...[...codes]
      .filter(([code]) => !sections.includes(code))
      .map(([code, files]) => `docs/errors.md has no section ${code} (${files.join(', ')})`),
    ...sections
      .filter((code) => !codes.has(code))
      .map((code) => `docs/errors.md has a section ${code} that no source names`),
    ...sections
      .filter((code, index) => index > 0 && code <= (sections[index - 1] ?? ''))
      .map((code) => `docs/errors.md: ${code} is twice or not in alphabetical order`),
  ];
}
