import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Licences of the packages whose modules a bundle holds, as they ask to be passed on with it. `modules`: ids of the bundler. */
export async function licensesOf(modules: Iterable<string>): Promise<string> {
  const folders = new Set<string>();
  for (const id of modules) {
    const folder = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
    if (folder !== undefined) folders.add(folder);
  }
  const texts = new Map<string, string>();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      name: string;
      version: string;
      license?: string;
    };
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n').trim();
    texts.set(`${name} ${version}`, `${name} ${version} (${license ?? 'see below'})\n\n${text}\n`);
  }
  return [...texts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text)
    .join(`\n${'-'.repeat(80)}\n\n`);
}
