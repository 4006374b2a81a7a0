import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import semver from 'semver';
import type { Exec } from './exec.ts';
import type { Tool } from './versions.ts';

const askTimeoutMs = 30_000;

/** Every program of this name on PATH, in its order, each once. */
export async function programsOnPath(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const found = new Map<string, string>();
  for (const folder of (env.PATH ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    const candidate = path.join(folder, name);
    try {
      await access(candidate, constants.X_OK);
      if (!(await stat(candidate)).isFile()) continue;
      const real = await realpath(candidate);
      if (!found.has(real)) found.set(real, candidate);
    } catch {
      // Not in this folder.
    }
  }
  return [...found.values()];
}

/**
 * The version that a program tells, as strict semver; what Go wrote into it where it does not know itself; null when
 * neither says anything, `undefined` when the program does not even run.
 */
export async function versionOf(
  program: string,
  tool: Tool,
  exec: Exec,
  signal?: AbortSignal,
): Promise<string | null | undefined> {
  const options = { allowFailure: true, timeoutMs: askTimeoutMs, ...(signal === undefined ? {} : { signal }) };
  try {
    const told = await exec(program, tool.ask.args, options);
    if (told.exitCode !== 0) return undefined;
    const version = normalise(
      tool.ask.pattern.exec(`${told.stdout}
${told.stderr}`)?.[1],
    );
    if (version !== null || tool.mayBeSilent !== true || tool.go === null) return version;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
  try {
    const built = await exec('go', ['version', '-m', program], options);
    return normalise(moduleVersion(built.stdout, tool.go.module));
  } catch {
    signal?.throwIfAborted();
    return null;
  }
}

/** Programs do not always speak strict semver: `4.3` and `v1.32.4-dispatcher` are versions too. */
function normalise(text: string | undefined): string | null {
  if (text === undefined) return null;
  return semver.clean(text) ?? semver.coerce(text)?.version ?? null;
}

/** Version of a module among the build information that `go version -m` prints. */
function moduleVersion(info: string, module: string): string | undefined {
  for (const line of info.split('\n')) {
    const [, kind, name, version] = line.split('\t');
    if ((kind === 'mod' || kind === 'dep') && name?.replace(/\/v\d+$/, '') === module.replace(/\/v\{major\}$/, '')) {
      return version;
    }
  }
  return undefined;
}
