import { readFile } from 'node:fs/promises';

/**
 * Names and values of a file that a step wrote for the runner (GITHUB_OUTPUT, GITHUB_STATE): `name=value`, or
 * `name<<delimiter`, the lines of the value, and the delimiter alone on a line (GitHub's documentation, "Workflow
 * commands for GitHub Actions", multiline strings). Errors: a line that is neither, a value without an end.
 */
export function parseRunnerFile(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name = '', mark, rest = ''] = /^([^=]*?)(=|<<)(.*)$/.exec(line) ?? [];
    if (mark === undefined || name === '') throw new Error(`not a value for the runner: ${line}`);
    if (mark === '=') {
      values.set(name, rest);
      continue;
    }
    const end = lines.indexOf(rest, at + 1);
    if (end < 0) throw new Error(`the value ${name} for the runner has no end`);
    values.set(name, lines.slice(at + 1, end).join('\n'));
    at = end;
  }
  return values;
}

export async function readRunnerFile(file: string): Promise<ReadonlyMap<string, string>> {
  return parseRunnerFile(await readFile(file, 'utf8'));
}
