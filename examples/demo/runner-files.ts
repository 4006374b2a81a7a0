import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a step writes for the runner. */
export const runnerFiles = ['output', 'state', 'summary.md', 'env', 'path'] as const;

export interface StepFiles {
  /** The checkout. */
  readonly workspace: string;
  /** By the names of action.yml. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Payload of the event. */
  readonly event: object;
}

/** Makes the files that the runner and a step talk by, in a folder; gives the variables by which the step finds them, and its inputs. */
export async function makeRunnerFiles(folder: string, step: StepFiles): Promise<Readonly<Record<string, string>>> {
  const file = (name: string): string => join(folder, name);
  await mkdir(file('temp'), { recursive: true });
  for (const name of runnerFiles) await writeFile(file(name), '');
  await writeFile(file('event.json'), JSON.stringify(step.event));
  const inputs = Object.entries(step.inputs).map(([name, value]) => [
    `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
    value,
  ]);
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: step.workspace,
    GITHUB_EVENT_PATH: file('event.json'),
    GITHUB_OUTPUT: file('output'),
    GITHUB_STATE: file('state'),
    GITHUB_STEP_SUMMARY: file('summary.md'),
    GITHUB_ENV: file('env'),
    GITHUB_PATH: file('path'),
    RUNNER_TEMP: file('temp'),
    ...(Object.fromEntries(inputs) as Record<string, string>),
  };
}

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
