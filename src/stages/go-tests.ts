import { isAbsolute, join, posix, relative } from 'node:path';
import { checkCoverage } from '../checks/coverage.ts';
import type { GoTests } from '../checks/go-tests.ts';
import { findingOf, TestEvents } from '../checks/test-events.ts';
import { listFields, parsePackages } from '../checks/packages.ts';
import type { GoPackage } from '../checks/packages.ts';
import { raceEnvironment, requireCompiler } from '../checks/race.ts';
import { Problem } from '../errors.ts';
import { tail } from '../tools/exec.ts';
import { silent } from '../log.ts';

/**
 * The packages that hold tests of the stage's kind, among those that its task names.
 * Errors: OR-TEST-COMPILE when Go cannot list them, OR-TEST-PACKAGES when the named ones are not there,
 * OR-TEST-COVERAGE when there are none and some coverage is asked for.
 */
export async function packagesOf(context: GoTests): Promise<readonly GoPackage[]> {
  const { stage, packages, minCoverage } = context.task;
  const args = ['list', `-json=${listFields}`, ...tagsOf(context), '--', ...(packages ?? ['./...'])];
  const listed = await context.run('go', args, { allowFailure: true, log: silent });
  if (listed.exitCode !== 0) {
    throw new Problem(
      'OR-TEST-COMPILE',
      `go cannot list ${packages === null ? 'the packages of the module' : packages.join(', ')}`,
      {
        hint: 'go build ./... shows the same; the lines below name the file',
        excerpt: tail(listed.stderr),
      },
    );
  }
  const found = parsePackages(listed.stdout, context.folder);
  if (packages !== null && found.length === 0) {
    throw new Problem('OR-TEST-PACKAGES', `${packages.join(', ')} matches no package`, {
      hint: `correct operators[].test.${stage}.packages; patterns count from the operator's folder: ./internal/...`,
    });
  }
  const chosen = found.filter((each) => each.hasTests && each.kind === stage);
  if (chosen.length === 0) checkCoverage(stage, 0, minCoverage);
  return chosen;
}

function tagsOf(context: GoTests): readonly string[] {
  const { buildTags } = context.task;
  return buildTags.length === 0 ? [] : [`-tags=${buildTags.join(',')}`];
}

/**
 * `go test` of some packages: failures as annotations with their output, the note tells tests and coverage.
 * Errors: OR-TEST-FAILED, OR-TEST-COVERAGE, OR-TEST-RACE.
 */
export async function goTest(
  context: GoTests,
  packages: readonly GoPackage[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const { stage, race, minCoverage } = context.task;
  if (race) await requireCompiler(context);
  const profile = join(context.scratch, `${stage}.coverage`);
  const events = new TestEvents((line) => context.log.info(line));
  const flags = [...(race ? ['-race'] : []), ...tagsOf(context)];
  const args = ['test', '-json', ...flags, `-coverprofile=${profile}`, ...packages.map((found) => found.importPath)];
  const result = await context.run('go', args, {
    allowFailure: true,
    env: { ...env, ...(race ? raceEnvironment : {}) },
    log: { ...silent, info: (line) => events.add(line) },
  });
  const report = events.report();
  const fileOf = (name: string, file: string): string | null => {
    const dir = packages.find((found) => found.importPath === name)?.dir ?? context.folder;
    const fromRoot = relative(context.root, isAbsolute(file) ? file : join(dir, posix.basename(file)));
    return fromRoot.startsWith('..') ? null : fromRoot;
  };
  for (const failure of report.failures) context.find(findingOf(failure, fileOf));
  const coverage = result.exitCode === 0 ? await coverageOf(context, profile) : null;
  const tests = `${report.passed + report.failed} test${report.passed + report.failed === 1 ? '' : 's'}`;
  if (result.exitCode !== 0) {
    context.note(`${tests}, ${report.failed} failed`);
    const first = report.failures[0];
    const names = report.failures.map((failure) => failure.test ?? failure.package).slice(0, 5);
    const command = ['go test', ...flags, first === undefined ? './...' : first.package].join(' ');
    throw new Problem(
      'OR-TEST-FAILED',
      first === undefined ? `go test ended with exit code ${result.exitCode}` : `failed: ${names.join(', ')}`,
      {
        hint: `${command} shows the same on your machine`,
        excerpt: tail(first?.output ?? result.stderr, 30),
      },
    );
  }
  context.note(coverage === null ? tests : `${tests}, ${coverage} % covered`);
  for (const slow of report.slowest.filter((test) => test.seconds >= 1)) {
    context.detail(`${slow.test}: ${slow.seconds.toFixed(1)} s`);
  }
  checkCoverage(stage, coverage === null ? null : Number(coverage), minCoverage);
}

/** Share of statements covered, `81.2`; null when Go cannot tell. */
async function coverageOf(context: GoTests, profile: string): Promise<string | null> {
  const result = await context.run('go', ['tool', 'cover', `-func=${profile}`], { allowFailure: true, log: silent });
  return /^total:\s+\(statements\)\s+([\d.]+)%$/m.exec(result.stdout)?.[1] ?? null;
}
