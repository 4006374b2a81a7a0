import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createCleanup } from '../../src/engine/cleanup.ts';
import type { Finding } from '../../src/engine/outcome.ts';
import { createStageRunner } from '../../src/engine/stage-runner.ts';
import { messageOf, Problem, Problems } from '../../src/errors.ts';
import { openGit } from '../../src/facts/git.ts';
import { BufferLog, silent } from '../../src/log.ts';
import type { OperatorPlan, Plan, TaskPlan, TaskSpec, VersionPlan } from '../../src/plan/types.ts';
import { createHttp } from '../../src/net/http.ts';
import type { Registry } from '../../src/registry/types.ts';
import { exec } from '../../src/tools/exec.ts';
import { folderCache, toolCacheRoot } from '../../src/tools/cache.ts';
import { createToolFinder } from '../../src/tools/find.ts';

/** A repository in a temporary folder, committed; `.sh` files can be run. */
export function repository(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'operator-release-checks-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
    if (text.startsWith('#!')) chmodSync(join(root, name), 0o755);
  }
  const git = (...args: string[]): unknown => execFileSync('git', ['-C', root, ...args]);
  git('init', '--quiet');
  git('add', '--all');
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--message=begin');
  return root;
}

export interface Ran {
  /** Null when the stage went well. */
  readonly problems: readonly Problem[] | null;
  readonly note: string;
  readonly findings: readonly Finding[];
  readonly log: string;
}

export interface Surroundings {
  /** The operator's folder, from the root. */
  readonly path?: string;
  readonly timeoutMs?: number;
  readonly version?: VersionPlan;
  readonly commands?: Partial<TaskPlan['commands']>;
  readonly env?: Readonly<Record<string, string>>;
}

/** One task of an operator at the root of a repository, run as the engine does it, with the tools of this machine. */
export async function runTask(
  root: string,
  spec: TaskSpec,
  { path = '.', timeoutMs = 120_000, version, commands = {}, env = {} }: Surroundings = {},
): Promise<Ran> {
  const around = { run: null, before: [], after: [], env: {}, ...commands };
  const task: TaskPlan = {
    id: `it/${spec.stage}`,
    needs: [],
    effect: 'none',
    commands: around,
    timeoutMs,
    ...spec,
  };
  const operator = { name: 'it', path, version, image: null, chart: null, release: null, tasks: [task], skipped: [] };
  const seen = { ...process.env, ...env };
  const scratch = mkdtempSync(join(tmpdir(), 'operator-release-scratch-'));
  const toolCache = folderCache(toolCacheRoot(seen));
  const finder = createToolFinder({ exec, log: silent, fetch: globalThis.fetch, toolCache, env: seen });
  const runner = createStageRunner({
    plan: { operators: [operator as unknown as OperatorPlan] } as unknown as Plan,
    ports: {
      exec,
      git: await openGit(exec, root),
      tool: async (name, version) => (await finder(name, version)).path,
      cleanup: createCleanup(() => undefined),
      standing: {
        isDecided: () => true,
        holdings: () => [],
        latest: () => ({ makeLatest: false, reason: '', holder: null, isContested: false }),
      },
      env: seen,
      login: {},
      logs: { root, folder: 'e2e-logs' },
    },
    scratch,
    onPublished: () => undefined,
    http: (log) => createHttp({ log }),
    registry: () => ({}) as Registry,
    github: () => null,
  });
  const log = new BufferLog();
  const findings: Finding[] = [];
  let note = '';
  let problems: readonly Problem[] | null = null;
  try {
    await runner(task, {
      log,
      signal: new AbortController().signal,
      progress: () => undefined,
      note: (text) => {
        note = text;
      },
      find: (finding) => findings.push(finding),
      detail: () => undefined,
    });
  } catch (thrown) {
    if (thrown instanceof Problem) problems = [thrown];
    else if (thrown instanceof Problems) problems = thrown.problems;
    else throw new Error(`no problem but ${messageOf(thrown)}`, { cause: thrown });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return { problems, note, findings, log: log.lines.join('\n') };
}

/** Codes of what went wrong. */
export function codes(ran: Ran): readonly string[] {
  return (ran.problems ?? []).map((problem) => problem.code);
}
