import { Problem } from '../errors.ts';
import type { GoTests } from './go-tests.ts';
import { silent } from '../log.ts';

/** The race detector is C code, so that tests are linked with cgo (go.dev/doc/articles/race_detector, "Requirements"). */
export const raceEnvironment = { CGO_ENABLED: '1' } as const;

/**
 * Makes sure that the C compiler that Go would call can be started: go's own message would hide among those of packages.
 * Errors: OR-TEST-RACE.
 */
export async function requireCompiler(context: GoTests): Promise<void> {
  const options = { env: raceEnvironment, log: silent } as const;
  const told = await context.run('go', ['env', 'CC'], options);
  // CC may hold flags, too: "gcc -m64".
  const compiler = told.stdout.trim().split(/\s+/)[0] ?? '';
  try {
    if (compiler !== '') await context.run(compiler, ['--version'], { ...options, allowFailure: true });
    if (compiler !== '') return;
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.code !== 'OR-TOOL-MISSING') throw thrown;
  }
  throw new Problem(
    'OR-TEST-RACE',
    `the race detector needs a C compiler, and ${compiler === '' ? 'go names none' : `${compiler} cannot be started`}`,
    {
      hint: `install one (gcc with the headers of libc), or set operators[].test.${context.task.stage}.race to false`,
    },
  );
}
