import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { silent } from '../log.ts';
import type { ChartHost } from './source.ts';
import { isRecord } from './rendered.ts';

/**
 * Variables with which Helm knows every http(s) repository of a chart's dependencies. With a Chart.lock it takes only from
 * repositories that somebody added (helm/helm#8036), which nobody did on a runner. The user's own file stays as it is, and what
 * it has, logins and aliases, counts as before; `folder` is for the one of this run, and for the indexes, as stages side by side
 * must not write the same ones.
 */
export async function repositoriesEnv(
  host: ChartHost,
  helm: string,
  repositories: readonly string[],
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const wanted = new Map(repositories.filter((url) => /^https?:\/\//i.test(url)).map((url) => [keyOf(url), url]));
  if (wanted.size === 0) return {};
  const known = await knownRepositories(host, helm);
  // Helm tells best what is wrong with a file that cannot be read.
  if (known === null) return {};
  for (const entry of known) {
    if (isRecord(entry) && typeof entry['url'] === 'string') wanted.delete(keyOf(entry['url']));
  }
  if (wanted.size === 0) return {};
  const added = [...wanted].map(([key, url]) => ({ name: nameOf(key), url }));
  const file = join(folder, 'repositories.yaml');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // JSON is YAML. Not for others to read, as entries of the user may hold passwords.
  const content = { apiVersion: 'v1', generated: new Date(0).toISOString(), repositories: [...known, ...added] };
  await writeFile(file, JSON.stringify(content, null, 2), { mode: 0o600 });
  return { HELM_REPOSITORY_CONFIG: file, HELM_REPOSITORY_CACHE: join(folder, 'cache') };
}

/** The entries of the user's file, none where there is no file; null where it cannot be read. */
async function knownRepositories(host: ChartHost, helm: string): Promise<readonly unknown[] | null> {
  // Helm knows best where it looks, with the configured environment and on each system.
  const { stdout } = await host.run(helm, ['env', 'HELM_REPOSITORY_CONFIG'], { log: silent });
  const file = stdout.trim();
  if (!existsSync(file)) return [];
  try {
    const text = await readFile(file, 'utf8');
    const content = text.trim() === '' ? null : load(text);
    const entries: unknown = isRecord(content) ? (content['repositories'] ?? []) : [];
    return Array.isArray(entries) ? entries : null;
  } catch {
    return null;
  }
}

/** As Helm compares them: a slash at the end does not count. */
function keyOf(url: string): string {
  return (URL.canParse(url) ? new URL(url).href : url).replace(/\/+$/, '');
}

/** A name that no user gave. */
function nameOf(key: string): string {
  return `operator-release-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
}
