import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { rolldown } from 'rolldown';
import { licensesOf } from './licenses.ts';

/**
 * Bundles src/ into dist/: `main.js` and `post.js` for the runner, `cli.js` for a laptop, what they share in `shared.js`.
 * `--check`: compares with what is committed instead of writing.
 */
const root = new URL('../', import.meta.url);
const check = process.argv.includes('--check');

const bundle = await rolldown({
  input: { main: 'src/main.ts', post: 'src/post.ts', cli: 'src/cli.ts' },
  cwd: root.pathname,
  platform: 'node',
  treeshake: true,
  logLevel: 'warn',
});
const { output } = await bundle.generate({
  format: 'esm',
  minify: false,
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  codeSplitting: { groups: [{ name: 'shared', test: /./, minShareCount: 2 }] },
});
await bundle.close();

const files = new Map<string, string>();
const modules = new Set<string>();
for (const part of output) {
  if (part.type !== 'chunk') continue;
  files.set(part.fileName, part.code);
  for (const id of part.moduleIds) modules.add(id);
}
files.set('licenses.txt', await licensesOf(modules));

if (check) {
  const stale: string[] = [];
  for (const [name, code] of files) {
    const there = await readFile(new URL(`dist/${name}`, root), 'utf8').catch(() => '');
    if (there !== code) stale.push(name);
  }
  if (stale.length > 0) {
    console.error(`dist/ is not what src/ gives: ${stale.join(', ')}; run "npm run build" and commit the result`);
    process.exitCode = 1;
  }
} else {
  await rm(new URL('dist/', root), { recursive: true, force: true });
  await mkdir(new URL('dist/', root));
  for (const [name, code] of files) await writeFile(new URL(`dist/${name}`, root), code);
  for (const [name, code] of files) console.log(`dist/${name} ${Math.round(code.length / 1024)} KiB`);
}
