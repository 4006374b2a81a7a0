import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import semver from 'semver';
import { messageOf, Problem } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Sleep } from '../net/sleep.ts';
import type { ToolCache } from './cache.ts';
import { download } from './download.ts';
import type { Exec } from './exec.ts';
import { goInstall } from './go-install.ts';
import { programsOnPath, versionOf } from './path.ts';
import { unpackMember } from './unpack.ts';
import { hostPlatform, tools } from './versions.ts';
import type { Platform, Tool, ToolName } from './versions.ts';

export interface FoundTool {
  /** Absolute path of the program. */
  readonly path: string;
  /** Strict semver; null for a program on PATH that does not know its version. */
  readonly version: string | null;
  readonly source: 'path' | 'cache' | 'download' | 'go install';
}

export interface FindPorts {
  readonly exec: Exec;
  readonly log: Log;
  readonly fetch: typeof globalThis.fetch;
  readonly toolCache: ToolCache;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** Default: this machine's; null for one that has no downloads. */
  readonly platform?: Platform | null;
  /** Between tries of a download. */
  readonly sleep?: Sleep;
  /** Default: the one table. */
  readonly table?: Readonly<Record<string, Tool>>;
}

/** Finds tools, each once per run: later calls for the same one get the same answer, without another line in the log. */
export type ToolFinder = (name: ToolName, version?: string) => Promise<FoundTool>;

export function createToolFinder(ports: FindPorts): ToolFinder {
  const found = new Map<string, Promise<FoundTool>>();
  return (name, version) => {
    const key = `${name}@${version ?? ''}`;
    const known = found.get(key) ?? findTool(name, ports, version);
    found.set(key, known);
    return known;
  };
}

/**
 * Finds a tool: on PATH when its version fits, else in the tool cache, else as a download with a pinned sum, else
 * built by `go install`. `wanted` is the one version that the project asks for; without it everything in the table's
 * range fits.
 * Errors: `Problem` OR-TOOL-VERSION (no such version is supported), OR-TOOL-CHECKSUM and OR-TOOL-UNTRUSTED (a download
 * is not what it should be; nothing else is tried then), OR-TOOL-ARCHIVE, OR-TOOL-MISSING, OR-TOOL-INSTALL.
 */
export async function findTool(name: string, ports: FindPorts, wanted?: string): Promise<FoundTool> {
  const tool = (ports.table ?? tools)[name as ToolName] as Tool | undefined;
  if (tool === undefined) throw new Error(`no tool ${name} in the table`);
  const version = wantedVersion(name, tool, wanted);
  const found =
    (await onPath(name, tool, ports, wanted === undefined ? null : version)) ??
    (await fetched(name, tool, version, ports));
  const told = found.version ?? `of unknown version (it does not tell; ${tool.range} is expected)`;
  ports.log.info(`${name} ${told}, ${origin[found.source]}: ${found.path}`);
  return found;
}

const origin = {
  path: 'on PATH',
  cache: 'from the tool cache',
  download: 'downloaded and verified',
  'go install': 'built by go install',
} as const;

function wantedVersion(name: string, tool: Tool, wanted: string | undefined): string {
  if (wanted === undefined) return tool.version;
  const version = semver.clean(wanted);
  if (version !== null && semver.satisfies(version, tool.range)) return version;
  throw new Problem('OR-TOOL-VERSION', `${name} ${wanted} is not supported`, {
    hint: `ask for a full version in the range ${tool.range}, such as ${tool.version}`,
  });
}

async function onPath(name: string, tool: Tool, ports: FindPorts, exact: string | null): Promise<FoundTool | null> {
  for (const program of await programsOnPath(name, ports.env)) {
    const version = await versionOf(program, tool, ports.exec, ports.signal);
    if (version === undefined) {
      ports.log.info(`${name}: ${program} does not run`);
    } else if (version === null) {
      if (tool.mayBeSilent === true && exact === null) return { path: program, version, source: 'path' };
      ports.log.info(`${name}: ${program} does not tell its version`);
    } else if (
      exact === null ? semver.satisfies(version, tool.range, { includePrerelease: true }) : version === exact
    ) {
      return { path: program, version, source: 'path' };
    } else {
      ports.log.info(`${name}: ${program} is ${version}, needed is ${exact ?? tool.range}`);
    }
  }
  return null;
}

async function fetched(name: string, tool: Tool, version: string, ports: FindPorts): Promise<FoundTool> {
  const cached = ports.toolCache.find(name, version, process.arch);
  if (cached !== null) return { path: cached, version, source: 'cache' };
  const keep = (program: string): Promise<string> => ports.toolCache.store(name, version, process.arch, program);

  const downloaded = await downloadTool(name, tool, version, ports, keep);
  if (downloaded !== null) return { path: downloaded, version, source: 'download' };

  if (tool.go === null) {
    throw new Problem('OR-TOOL-MISSING', `${name} is neither on PATH nor to be downloaded`, {
      hint: `install ${name} in a version that fits ${tool.range}`,
    });
  }
  const packagePath = [tool.go.module, tool.go.package].filter((part) => part !== undefined).join('/');
  const built = await goInstall(name, packagePath.replace('{major}', `${semver.major(version)}`), version, ports, keep);
  return { path: built, version, source: 'go install' };
}

/** Null when there is nothing to download for this machine and version, or the network does not give it. */
async function downloadTool(
  name: string,
  tool: Tool,
  version: string,
  ports: FindPorts,
  keep: (program: string) => Promise<string>,
): Promise<string | null> {
  const platform = ports.platform === undefined ? hostPlatform(process.platform, process.arch) : ports.platform;
  const sha256 = platform === null || version !== tool.version ? undefined : tool.download.sha256[platform];
  if (platform === null || sha256 === undefined) return null;
  const { url, member, redirects } = tool.download;
  const scratch = await mkdtemp(path.join(tmpdir(), 'operator-release-tool-'));
  try {
    const target = path.join(scratch, 'download');
    await download({ url: fill(url, tool, platform), redirects, sha256, target }, ports);
    if (member === null) return await keep(target);
    const program = path.join(scratch, name);
    await unpackMember(target, fill(member, tool, platform), program);
    return await keep(program);
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'OR-TOOL-DOWNLOAD')) throw error;
    ports.log.warn(`${name} ${version}: ${messageOf(error)}`);
    return null;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function fill(template: string, tool: Tool, platform: Platform): string {
  const [os = '', arch = ''] = platform.split('/').map((part) => tool.download.spelling?.[part] ?? part);
  return template.replaceAll('{version}', tool.version).replaceAll('{os}', os).replaceAll('{arch}', arch);
}
