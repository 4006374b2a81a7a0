import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diff, parseArgs } from 'node:util';
import { configuration } from './docs/configuration.ts';
import { errorCodes, errorSections, uncovered } from './docs/errors.ts';
import { readme } from './docs/readme.ts';
import { configJsonSchema, planJsonSchema, receiptJsonSchema } from './docs/schemas.ts';

/**
 * Writes what is made from the code: the README's tables, the JSON Schemas, docs/configuration.md.
 * `--check` writes nothing and fails with the difference when one of them is stale, or when docs/errors.md and the
 * codes in src/ are not the same.
 */

/** Path from the root and text of each generated file. */
export async function generate(root: string): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['README.md', await readme(root)],
    ['schema/operator-release.schema.json', await configJsonSchema()],
    ['schema/plan.schema.json', await planJsonSchema()],
    ['schema/release.schema.json', await receiptJsonSchema()],
    ['docs/configuration.md', await configuration(root)],
  ]);
}

/** One text per stale file: its path and the lines that differ. Empty when all is fresh. */
export async function stale(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const [path, wanted] of await generate(root)) {
    const present = await readFile(join(root, path), 'utf8').catch(() => '');
    if (present !== wanted) found.push(`${path} is stale; run: node scripts/docs.ts\n${difference(present, wanted)}`);
  }
  return found;
}

function difference(present: string, wanted: string): string {
  const marks = { [-1]: '+', 0: ' ', 1: '-' } as const;
  const changed = diff(present.split('\n'), wanted.split('\n')).filter(([mark]) => mark !== 0);
  const shown = changed.slice(0, 60).map(([mark, line]) => `${marks[mark]} ${line}`);
  return [...shown, ...(changed.length > 60 ? [`… and ${changed.length - 60} lines more`] : [])].join('\n');
}

async function main(root: string): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  if (values.check) {
    const wrong = [...(await stale(root)), ...uncovered(await errorCodes(root), await errorSections(root))];
    for (const each of wrong) console.error(each);
    process.exitCode = wrong.length === 0 ? 0 : 1;
    return;
  }
  for (const [path, text] of await generate(root)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

if (process.argv[1] === import.meta.filename) {
  main(join(import.meta.dirname, '..')).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
