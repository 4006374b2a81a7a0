import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Exec } from './exec.ts';

/** What `go env` tells of the toolchain and its caches. */
export interface GoEnvironment {
  /** Without the prefix `go`: `1.26.1`. */
  readonly version: string;
  readonly os: string;
  readonly arch: string;
  readonly moduleCache: string;
  readonly buildCache: string;
  /** The `go.work` that applies in the folder; null without one. */
  readonly workspace: string | null;
}

/** Errors: `Problem` OR-TOOL-MISSING without `go`, OR-TOOL-FAILED when the toolchain that go.mod asks for cannot be had. */
export async function goEnvironment(exec: Exec, folder: string): Promise<GoEnvironment> {
  const names = ['GOVERSION', 'GOOS', 'GOARCH', 'GOMODCACHE', 'GOCACHE', 'GOWORK'];
  const { stdout } = await exec('go', ['env', '-json', ...names], { cwd: folder });
  const env = JSON.parse(stdout) as Partial<Record<string, string>>;
  const workspace = env.GOWORK ?? '';
  return {
    version: (env.GOVERSION ?? '').replace(/^go/, ''),
    os: env.GOOS ?? '',
    arch: env.GOARCH ?? '',
    moduleCache: env.GOMODCACHE ?? '',
    buildCache: env.GOCACHE ?? '',
    workspace: workspace === '' || workspace === 'off' ? null : workspace,
  };
}

export interface EnvtestRequest {
  readonly exec: Exec;
  /** Path of setup-envtest; called only when it is needed. */
  readonly findTool: () => Promise<string>;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Kubernetes minor or full version, `1.34`; null for the newest there is. */
  readonly kubernetes: string | null;
  readonly signal?: AbortSignal;
}

const programs = ['kube-apiserver', 'etcd'] as const;
const downloadTimeoutMs = 10 * 60_000;

async function missingIn(folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (const program of programs) {
    await access(path.join(folder, program), constants.X_OK).catch(() => missing.push(program));
  }
  return missing;
}

/**
 * Folder for `KUBEBUILDER_ASSETS`: the one that is set when it holds an API server and etcd, else what setup-envtest has
 * or downloads.
 * Errors: those of `findTool`; `Problem` OR-TOOL-FAILED, OR-TOOL-TIMEOUT, OR-ENVTEST-ASSETS.
 */
export async function envtestAssets(request: EnvtestRequest): Promise<string> {
  const set = request.env.KUBEBUILDER_ASSETS;
  if (set !== undefined && set !== '') {
    const missing = await missingIn(set);
    if (missing.length === 0) return set;
    request.log.warn(`KUBEBUILDER_ASSETS is ${set}, but there is no ${missing.join(' and no ')}: not used`);
  }
  const tool = await request.findTool();
  const { stdout } = await request.exec(
    tool,
    ['use', ...(request.kubernetes === null ? [] : [request.kubernetes]), '-p', 'path'],
    {
      timeoutMs: downloadTimeoutMs,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    },
  );
  const folder = stdout.trim();
  const missing = await missingIn(folder);
  if (missing.length > 0) {
    throw new Problem(
      'OR-ENVTEST-ASSETS',
      `setup-envtest names ${folder || 'no folder'}, which has no ${missing.join(' and no ')}`,
      {
        hint: 'run `setup-envtest cleanup`, or set KUBEBUILDER_ASSETS to a folder with both',
      },
    );
  }
  return folder;
}
