import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { messageOf, Problem } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Exec } from './exec.ts';

export interface GoInstallPorts {
  readonly exec: Exec;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

/** A cold build of the largest tool takes some four minutes on two cores. */
const timeoutMs = 20 * 60_000;

/**
 * Builds a program from its Go module, whose sum `go` checks against the checksum database, and passes the path of the
 * built program to `keep` before everything temporary is deleted.
 * Errors: `Problem` OR-TOOL-MISSING without `go`, OR-TOOL-INSTALL when it does not build.
 */
export async function goInstall<Kept>(
  tool: string,
  packagePath: string,
  version: string,
  ports: GoInstallPorts,
  keep: (program: string) => Promise<Kept>,
): Promise<Kept> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'operator-release-go-'));
  try {
    ports.log.info(`${tool} ${version}: building it with go install ${packagePath}@v${version}`);
    await ports.exec('go', ['install', `${packagePath}@v${version}`], {
      // Outside every module, so that the project's go.mod and go.work have no say.
      cwd: scratch,
      env: { GOBIN: scratch, GOFLAGS: '-trimpath', GOWORK: 'off', CGO_ENABLED: '0' },
      timeoutMs,
      ...(ports.signal === undefined ? {} : { signal: ports.signal }),
    });
    // `go install` names the program after the last part of the path that is not a major version.
    const name =
      packagePath
        .split('/')
        .filter((part) => !/^v\d+$/.test(part))
        .at(-1) ?? tool;
    return await keep(path.join(scratch, name));
  } catch (error) {
    ports.signal?.throwIfAborted();
    if (error instanceof Problem && error.code === 'OR-TOOL-MISSING') {
      throw new Problem('OR-TOOL-MISSING', `${tool} is not on PATH, and there is no go to build it with`, {
        hint: `install ${tool}, or go, or run actions/setup-go first`,
        cause: error,
      });
    }
    throw new Problem('OR-TOOL-INSTALL', `${tool} ${version} cannot be built: ${messageOf(error)}`, {
      hint: `put ${tool} on PATH`,
      ...(error instanceof Problem && error.excerpt !== undefined ? { excerpt: error.excerpt } : {}),
      cause: error,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
