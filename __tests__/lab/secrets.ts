import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { login } from '../registry/real-registry.ts';
import type { StepResult } from './step.ts';

/** A secret in every form in which it could be written down. */
export function formsOf(secret: string): string[] {
  const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');
  return [secret, base64(secret), base64(`${login.username}:${secret}`), encodeURIComponent(secret)];
}

/**
 * Where a secret is that a run must keep to itself: the runner's files, the logs, the command lines, and the given further
 * texts by their names. Empty for a good run.
 */
export function placesOfSecrets(
  result: StepResult,
  secrets: readonly string[],
  further: Readonly<Record<string, string>> = {},
): readonly string[] {
  // A run registers its secrets with the runner first of all; these lines never get into a log.
  const shown = result.log.replaceAll(/^::add-mask::.*$/gm, '');
  const places: Record<string, string> = { ...result.files, log: shown, post: result.postLog, ...further };
  const found = Object.entries(places).filter(([, text]) => secrets.some((secret) => text.includes(secret)));
  return [...found.map(([place]) => place), ...result.exposed];
}

/** The files below a folder by their paths, as text; none when there is no such folder. */
export async function textsBelow(folder: string): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile()) texts[file] = await readFile(file, 'latin1');
  }
  return texts;
}
