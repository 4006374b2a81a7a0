import { silent } from '../log.ts';
import { inWords } from '../report/duration.ts';
import type { StageHost } from '../stages/types.ts';
import type { TestReport } from './test-events.ts';

export interface GoTimeout {
  readonly flags: readonly string[];
  /** Whose limit it is, and where it is raised. */
  readonly reason: string;
}

/**
 * How long a package's tests may run. Go's own limit of 10 minutes would count less than the stage's that the project sets, and
 * at the stage's everything is killed; a little earlier Go shows what the tests hang in. The room is for what `go test` compiles
 * first. A -timeout of the project in GOFLAGS stays, wherever Go has it from.
 * `setting` names the limit in the configuration, `leftMs` is what is left of it.
 */
export async function goTimeout(
  context: StageHost & { readonly task: { readonly timeoutMs: number } },
  setting: string,
  leftMs: number = context.task.timeoutMs,
): Promise<GoTimeout> {
  const { stdout } = await context.run('go', ['env', 'GOFLAGS'], { allowFailure: true, log: silent });
  const own = /(?:^|[\s'"])--?(?:test\.)?timeout=[^\s'"]+/.exec(stdout)?.[0].trim();
  if (own !== undefined) return { flags: [], reason: `the limit is ${own.replace(/^['"]/, '')} in GOFLAGS` };
  const left = leftMs / 1000;
  const room = Math.min(120, Math.max(15, left / 10), left / 2);
  const seconds = Math.max(1, Math.floor(left - room));
  const limit = inWords(context.task.timeoutMs);
  return {
    flags: [`-timeout=${seconds}s`],
    reason: `the tests get what the stage's limit of ${limit} leaves them; ${setting} raises it`,
  };
}

/** Whether a test ran into that limit. */
export function isTimedOut({ failures }: TestReport): boolean {
  return failures.some(({ output }) => /^panic: test timed out after /m.test(output));
}
