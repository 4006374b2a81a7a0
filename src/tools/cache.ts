import { find } from '@actions/tool-cache';
import { randomUUID } from 'node:crypto';
import { accessSync, statSync } from 'node:fs';
import { constants, copyFile, mkdir, rename, rm, writeFile, chmod } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/** The runner's tool cache: programs that earlier jobs, other actions or the machine's image left there. */
export interface ToolCache {
  /** Path of the program, null when this version is not there. */
  find(tool: string, version: string, arch: string): string | null;
  /** Keeps the program and gives its path. Two runs may store the same one at the same time. */
  store(tool: string, version: string, arch: string, program: string): Promise<string>;
}

/** `RUNNER_TOOL_CACHE`; on a laptop a folder of ours below `XDG_CACHE_HOME` or `~/.cache`. */
export function toolCacheRoot(env: NodeJS.ProcessEnv, home: string = homedir()): string {
  if (env.RUNNER_TOOL_CACHE) return env.RUNNER_TOOL_CACHE;
  // A relative XDG_CACHE_HOME is to be ignored, says its specification.
  const base =
    env.XDG_CACHE_HOME && path.isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : path.join(home, '.cache');
  return path.join(base, 'operator-release', 'tools');
}

/**
 * Look-ups are @actions/tool-cache's own. It takes its folder from the environment and writes `::debug::` lines to
 * standard output, which only a runner hides; both are set for the moment of this call, which is synchronous.
 */
function findQuietly(root: string, tool: string, version: string, arch: string): string {
  const { RUNNER_TOOL_CACHE: before } = process.env;
  const write = process.stdout.write.bind(process.stdout);
  process.env.RUNNER_TOOL_CACHE = root;
  process.stdout.write = () => true;
  try {
    return find(tool, version, arch);
  } finally {
    process.stdout.write = write;
    if (before === undefined) delete process.env.RUNNER_TOOL_CACHE;
    else process.env.RUNNER_TOOL_CACHE = before;
  }
}

/** Other actions store folders too, with the program deeper in them (azure/setup-helm: `linux-amd64/helm`). */
function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The tool cache in a folder. What is stored has the layout of @actions/tool-cache, `<tool>/<version>/<arch>`. */
export function folderCache(root: string): ToolCache {
  return {
    find: (tool, version, arch) => {
      const folder = findQuietly(root, tool, version, arch);
      const program = path.join(folder, tool);
      return folder !== '' && isProgram(program) ? program : null;
    },
    // Not the library's `cacheFile`: it deletes the folder first, which another run may be starting the program from.
    store: async (tool, version, arch, program) => {
      const folder = path.join(root, tool, version, arch);
      const fresh = `${folder}.${randomUUID()}`;
      await mkdir(folder, { recursive: true });
      await copyFile(program, fresh, constants.COPYFILE_EXCL);
      try {
        await chmod(fresh, 0o755);
        await rename(fresh, path.join(folder, tool));
      } finally {
        await rm(fresh, { force: true });
      }
      await writeFile(`${folder}.complete`, '');
      return path.join(folder, tool);
    },
  };
}
