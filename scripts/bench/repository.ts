import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../src/tools/exec.ts';
import { baseFiles, changedFiles, operatorName } from './operator-files.ts';

export interface Size {
  readonly operators: number;
  /** Versions of the operators; some name no release, and some all operators together. */
  readonly tags: number;
  /** Files that the last commit changes, spread over operators, common modules and documentation. */
  readonly changed: number;
}

export interface Generated {
  readonly root: string;
  readonly head: string;
  /** The commit before the last one. */
  readonly before: string;
}

/** Commits below the last one; the tags are spread over them. Every tenth is a merge. */
const history = 2_000;
const identity = 'Bench <bench@example.com>';
const start = 1_767_268_800;
const pause = 600;

/** A repository of many operators in an empty folder, made by one `git fast-import`; its tags are packed. */
export async function generate(root: string, size: Size): Promise<Generated> {
  const git = async (...args: string[]): Promise<string> => (await exec('git', ['-C', root, ...args])).stdout.trim();
  await git('init', '--quiet', '--template=', '--object-format=sha1', '--initial-branch=main');
  const marks = join(root, '.git/marks');
  await importInto(root, marks, size);
  const commits = (await readFile(marks, 'utf8')).trim().split('\n');
  const commitOf = new Map(
    commits.map((line): [number, string] => [
      Number(line.slice(1, line.indexOf(' '))),
      line.slice(line.indexOf(' ') + 1),
    ]),
  );
  const at = (mark: number): string => {
    const commit = commitOf.get(mark);
    if (commit === undefined) throw new Error(`git fast-import made no commit ${mark}`);
    return commit;
  };
  await writeFile(
    join(root, '.git/packed-refs'),
    packedRefs(tagNames(size).map((name, index) => ({ name, commit: at(1 + (index % history)) }))),
  );
  await git('update-ref', 'refs/heads/main', at(history + 1));
  await git('reset', '--quiet', '--hard');
  // What a fresh clone has: one pack and a commit graph for it.
  await git('commit-graph', 'write', '--reachable');
  return { root, head: at(history + 1), before: at(history) };
}

async function importInto(root: string, marks: string, size: Size): Promise<void> {
  const child = spawn('git', ['-C', root, 'fast-import', '--quiet', `--export-marks=${marks}`], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  child.stdin.end(stream(size));
  const [code] = await ended;
  if (code !== 0) throw new Error(`git fast-import ended with exit code ${code ?? 'none'}`);
}

/** The input of git-fast-import(1). */
function stream(size: Size): string {
  const parts: string[] = [];
  const commit = (mark: number, files: Iterable<readonly [path: string, text: string]>, merged?: number): void => {
    const when = `${identity} ${start + mark * pause} +0000`;
    const message = `commit ${mark}`;
    parts.push(`commit refs/heads/import\nmark :${mark}\ncommitter ${when}\ndata ${message.length}\n${message}\n`);
    if (mark > 1) parts.push(`from :${mark - 1}\n`);
    if (merged !== undefined) parts.push(`merge :${merged}\n`);
    for (const [path, text] of files) parts.push(`M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
    parts.push('\n');
  };
  commit(1, [...baseFiles(size.operators), ...changedFiles(size.operators, size.changed, 1)]);
  for (let mark = 2; mark <= history; mark++) {
    commit(mark, [['docs/journal.md', `${mark}\n`]], mark % 10 === 0 ? mark - 5 : undefined);
  }
  commit(history + 1, changedFiles(size.operators, size.changed, 2));
  parts.push('done\n');
  return parts.join('');
}

function tagNames({ operators, tags }: Size): readonly string[] {
  return Array.from({ length: tags }, (_, index) => {
    if (index % 53 === 1) return `nightly-${index}`;
    const version = `${1 + Math.floor(index / 8_000)}.${Math.floor(index / operators) % 40}.${Math.floor(index / operators / 40)}`;
    return index % 101 === 2 ? `v0.${index}.0` : `${operatorName(index % operators)}/v${version}`;
  });
}

/** The file format of `git pack-refs`; sorted, as the header promises. */
function packedRefs(tags: readonly { readonly name: string; readonly commit: string }[]): string {
  const unique = new Map(tags.map(({ name, commit }) => [`refs/tags/${name}`, commit]));
  if (unique.size !== tags.length) throw new Error('two tags have the same name');
  const lines = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, commit]) => `${commit} ${name}\n`);
  return `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`;
}
