import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BufferLog } from '../../src/log.ts';
import type { StageHost } from '../../src/stages/types.ts';
import type { Exec, ExecOptions, ExecResult } from '../../src/tools/exec.ts';

interface Call {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A stage over a folder, whose builds are noted down and end as they are told to. */
export function hostOf(
  root: string,
  result: Partial<ExecResult> = {},
): { host: StageHost; builds: Call[]; log: BufferLog } {
  const builds: Call[] = [];
  const log = new BufferLog();
  // A builder that the project set up itself; ours would need an engine.
  const inspected = { exitCode: 0, stdout: 'Name: theirs\nDriver: docker-container\n', stderr: '' };
  const exec: Exec = () => Promise.resolve(inspected);
  const run = (_: string, args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> => {
    builds.push({ args, env: options.env ?? {} });
    return Promise.resolve({ exitCode: 0, stdout: '', stderr: '', ...result });
  };
  const host = {
    root,
    scratch: mkdtempSync(join(tmpdir(), 'image-')),
    log,
    signal: new AbortController().signal,
    progress: () => undefined,
    run,
    tool: (name: string) => Promise.resolve(`/tools/${name}`),
    ports: { exec, cleanup: { add: () => undefined, resources: () => [] }, env: {} },
  } as unknown as StageHost;
  return { host, builds, log };
}
