import { isAbsolute, join, posix, relative } from 'node:path';
import { findingOf, TestEvents } from '../checks/test-events.ts';
import { listFields, parsePackages } from '../checks/packages.ts';
import type { GoPackage } from '../checks/packages.ts';
import { Problem } from '../errors.ts';
import { tail } from '../tools/exec.ts';
import type { StageHost } from './types.ts';
import { silent } from '../log.ts';

/** The module's packages that hold tests of one kind. Errors: OR-TEST-COMPILE when Go cannot list them. */
export async function packagesOf(
  context: StageHost,
  kind: 'unit' | 'integration',
): Promise<readonly GoPackage[]> {
  const listed = await context.run('go', ['list', `-json=${listFields}`, './...'], {
    allowFailure: true,
    log: silent,
  });
  if (listed.exitCode !== 0) {
    throw new Problem('OR-TEST-COMPILE', 'go cannot list the packages of the module', {
      hint: 'go build ./... shows the same; the lines below name the file',
      excerpt: tail(listed.stderr),
    });
  }
  return parsePackages(listed.stdout, context.folder).filter((found) => found.hasTests && found.kind === kind);
}

/** `go test` of some packages: failures as annotations with their output, the note tells tests and coverage. Errors: OR-TEST-FAILED. */
export async function goTest(
  context: StageHost,
  kind: 'unit' | 'integration',
  packages: readonly GoPackage[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const profile = join(context.scratch, `${kind}.coverage`);
  const events = new TestEvents((line) => context.log.info(line));
  const args = ['test', '-json', `-coverprofile=${profile}`, ...packages.map((found) => found.importPath)];
  const result = await context.run('go', args, {
    allowFailure: true,
    env,
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
    throw new Problem(
      'OR-TEST-FAILED',
      first === undefined ? `go test ended with exit code ${result.exitCode}` : `failed: ${names.join(', ')}`,
      {
        hint: `go test ${first === undefined ? './...' : first.package} shows the same on your machine`,
        excerpt: tail(first?.output ?? result.stderr, 30),
      },
    );
  }
  context.note(coverage === null ? tests : `${tests}, ${coverage} % covered`);
  for (const slow of report.slowest.filter((test) => test.seconds >= 1)) {
    context.detail(`${slow.test}: ${slow.seconds.toFixed(1)} s`);
  }
}

/** Share of statements covered, `81.2`; null when Go cannot tell. */
async function coverageOf(context: StageHost, profile: string): Promise<string | null> {
  const result = await context.run('go', ['tool', 'cover', `-func=${profile}`], { allowFailure: true, log: silent });
  return /^total:\s+\(statements\)\s+([\d.]+)%$/m.exec(result.stdout)?.[1] ?? null;
}
