import { join } from 'node:path';
import { lineOf } from '../checks/compile-errors.ts';
import { checkCoverage } from '../checks/coverage.ts';
import type { GoTests } from '../checks/go-tests.ts';
import { goTimeout, isTimedOut } from '../checks/go-timeout.ts';
import type { GoTimeout } from '../checks/go-timeout.ts';
import { ownFiles } from '../checks/own-files.ts';
import { TestEvents } from '../checks/test-events.ts';
import type { TestReport } from '../checks/test-events.ts';
import { excerptOf, findingsOf, nameOf } from '../checks/test-failures.ts';
import type { FileOf } from '../checks/test-failures.ts';
import { listFields, parsePackages } from '../checks/packages.ts';
import type { GoPackage } from '../checks/packages.ts';
import { raceEnvironment, requireCompiler } from '../checks/race.ts';
import { Problem } from '../errors.ts';
import { tail } from '../tools/exec.ts';
import { silent } from '../log.ts';
import { list, many } from '../report/text.ts';
import type { StageHost } from './types.ts';

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
        hint: 'go build ./... shows the same on your machine',
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
  const flags = [...(race ? ['-race'] : []), ...tagsOf(context)];
  // All of the limit and not what is left of it: Go has results of earlier runs for the same flags only.
  const limit = await goTimeout(context, `operators[].test.${stage}.timeout`);
  const names = packages.map((found) => found.importPath);
  const args = ['test', '-json', ...flags, ...limit.flags, `-coverprofile=${profile}`, ...names];
  const tested = await runGoTest(context, args, { ...env, ...(race ? raceEnvironment : {}) });
  const { report } = tested;
  const dirs = new Map(packages.map((found) => [found.importPath, found.dir]));
  const fileOf = ownFiles(context.root, context.folder, (name) => dirs.get(name) ?? context.folder);
  for (const failure of report.failures) for (const finding of findingsOf(failure, fileOf)) context.find(finding);
  if (tested.exitCode !== 0) throw failed(context, tested, fileOf, flags, limit);
  const coverage = await coverageOf(context, profile);
  const tests = many(report.passed + report.failed, 'test');
  context.note(coverage === null ? tests : `${tests}, ${coverage} % covered`);
  for (const slow of report.slowest.filter((test) => test.seconds >= 1)) {
    context.detail(`${slow.test}: ${slow.seconds.toFixed(1)} s`);
  }
  checkCoverage(stage, coverage === null ? null : Number(coverage), minCoverage);
}

interface Tested {
  readonly exitCode: number;
  readonly stderr: string;
  readonly report: TestReport;
}

/** `go test -json` with its events read. Where it is stopped, the log tells which tests it was waiting for. */
export async function runGoTest(
  context: StageHost,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Tested> {
  const events = new TestEvents((line) => context.log.info(line));
  try {
    const { exitCode, stderr } = await context.run('go', args, {
      allowFailure: true,
      env,
      log: { ...silent, info: (line) => events.add(line) },
    });
    return { exitCode, stderr, report: events.report() };
  } catch (thrown) {
    for (const { test, seconds } of events.running()) {
      context.log.info(`still running when it was stopped: ${test}, for ${Math.round(seconds)} s`);
    }
    throw thrown;
  }
}

function failed(
  context: GoTests,
  { exitCode, stderr, report }: Tested,
  fileOf: FileOf,
  flags: readonly string[],
  limit: GoTimeout,
): Problem {
  const { failures } = report;
  const broken = failures.filter(({ kind }) => kind === 'compile');
  const [first] = failures;
  const environment = context.task.stage === 'integration' ? 'KUBEBUILDER_ASSETS="$(setup-envtest use -p path)" ' : '';
  const folder = context.operator.path === '.' ? '' : `cd ${context.operator.path} && `;
  const command = `${folder}${environment}${['go test', ...flags, first === undefined ? './...' : first.package].join(' ')}`;
  const hint = isTimedOut(report) ? limit.reason : `${command} shows the same on your machine`;
  if (first === undefined) {
    return new Problem('OR-TEST-FAILED', `go test ended with exit code ${exitCode}`, {
      hint,
      excerpt: tail(stderr, 30),
    });
  }
  if (broken.length > 0) {
    const errors = broken.flatMap((failure) => findingsOf(failure, fileOf));
    context.note('does not compile');
    return new Problem(
      'OR-TEST-COMPILE',
      `${list(
        broken.map((failure) => failure.package),
        3,
      )} ${broken.length === 1 ? 'does' : 'do'} not compile`,
      {
        hint,
        excerpt: errors.slice(0, 20).map(lineOf).join('\n'),
      },
    );
  }
  context.note(`${many(report.passed + report.failed, 'test')}, ${report.failed} failed`);
  return new Problem('OR-TEST-FAILED', `failed: ${list(failures.map(nameOf), 5)}`, {
    hint,
    excerpt: excerptOf(failures, fileOf, 36),
  });
}

/** Share of statements covered, `81.2`; null when Go cannot tell. */
async function coverageOf(context: GoTests, profile: string): Promise<string | null> {
  const result = await context.run('go', ['tool', 'cover', `-func=${profile}`], { allowFailure: true, log: silent });
  return /^total:\s+\(statements\)\s+([\d.]+)%$/m.exec(result.stdout)?.[1] ?? null;
}
