import { dirname, join, posix } from 'node:path';
import { goTimeout, isTimedOut } from '../checks/go-timeout.ts';
import { ownFiles } from '../checks/own-files.ts';
import { excerptOf, findingsOf, nameOf } from '../checks/test-failures.ts';
import { Problem } from '../errors.ts';
import { list, many } from '../report/text.ts';
import { runGoTest } from '../stages/go-tests.ts';
import { runCommands } from '../stages/commands.ts';
import { pinnedReference } from '../image/reference.ts';
import { imageOf } from '../stages/image-of.ts';
import type { Cluster, StageContext } from '../stages/types.ts';
import { tail } from '../tools/exec.ts';
import { failuresOfJunit } from './junit.ts';
import type { Kubectl } from './kubectl.ts';
import { smoke } from './smoke.ts';

type E2e = StageContext<'e2e'>;

/**
 * Runs the project's own commands, or else the plan's tests, against the deployed operator; returns a few words on them.
 * Errors: OR-E2E-TESTS, OR-STAGE-COMMAND.
 */
export async function runTests(context: E2e, cluster: Cluster, kubectl: Kubectl): Promise<string> {
  const { tests, commands } = context.task;
  if (commands.run !== null) {
    const env = await environment(context, cluster);
    await runCommands(context, { ...context.task, commands: { ...commands, env } }, commands.run, 'run');
    return `${commands.run.length} command${commands.run.length === 1 ? '' : 's'} of e2e.run`;
  }
  switch (tests.kind) {
    case 'chainsaw':
      return chainsaw(context, cluster, tests.folder);
    case 'make':
      return make(context, cluster, tests.target);
    case 'go':
      return goTests(context, cluster, tests.package);
    case 'smoke':
      return smoke(context, kubectl);
  }
}

/** What a project's own commands find in their environment. */
async function environment(context: E2e, cluster: Cluster): Promise<Record<string, string>> {
  const kind = await context.tool('kind');
  const image = context.operator.image;
  const reference = image === null ? {} : { IMG: pinnedReference(image, (await imageOf(context)).digest) };
  return {
    KUBECONFIG: cluster.kubeconfig,
    KIND_CLUSTER: cluster.name,
    KIND: kind,
    NAMESPACE: context.task.namespace,
    PATH: `${dirname(kind)}:${context.ports.env['PATH'] ?? ''}`,
    ...reference,
    ...context.task.commands.env,
  };
}

async function chainsaw(context: E2e, cluster: Cluster, folder: string): Promise<string> {
  context.progress('chainsaw test');
  const tool = await context.tool('chainsaw');
  const args = [
    'test',
    '--report-format',
    'JUNIT-TEST',
    '--report-path',
    context.scratch,
    '--report-name',
    'chainsaw',
    '--no-color',
    '--',
    '.',
  ];
  const result = await context.run(tool, args, {
    cwd: join(context.root, folder),
    env: await environment(context, cluster),
    allowFailure: true,
  });
  const report = await failuresOfJunit(join(context.scratch, 'chainsaw.xml'));
  if (result.exitCode !== 0) {
    for (const failure of report.failures) {
      context.find({
        level: 'error',
        title: `${failure.name} failed`,
        message: failure.message,
        at: { file: posix.join(folder, failure.suite, 'chainsaw-test.yaml') },
      });
    }
    throw failed(
      `chainsaw: ${report.failures.map((failure) => failure.name).join(', ') || 'failed'}`,
      `chainsaw test ${folder}`,
      tail(result.stdout || result.stderr, 25),
    );
  }
  if (report.total === 0) throw failed('chainsaw found no test', `chainsaw test ${folder}`, tail(result.stdout, 25));
  return `${report.total} chainsaw test${report.total === 1 ? '' : 's'}`;
}

async function make(context: E2e, cluster: Cluster, target: string): Promise<string> {
  context.progress(`make ${target}`);
  const result = await context.run('make', ['--no-print-directory', target], {
    env: await environment(context, cluster),
    allowFailure: true,
  });
  if (result.exitCode !== 0)
    throw failed(`make ${target} failed`, `make ${target}`, tail(result.stdout + result.stderr, 25));
  return `make ${target}`;
}

async function goTests(context: E2e, cluster: Cluster, packageName: string): Promise<string> {
  context.progress(`go test ${packageName}`);
  const limit = await goTimeout(context, 'operators[].e2e.timeout', context.deadline - Date.now());
  const args = ['test', '-json', '-tags=e2e', '-count=1', ...limit.flags, packageName];
  const { exitCode, stderr, report } = await runGoTest(context, args, await environment(context, cluster));
  const { failures } = report;
  const fileOf = ownFiles(context.root, context.folder, () => join(context.folder, packageName));
  for (const failure of failures) for (const finding of findingsOf(failure, fileOf)) context.find(finding);
  if (exitCode !== 0) {
    throw failed(
      failures.length === 0 ? `go test ended with exit code ${exitCode}` : `failed: ${list(failures.map(nameOf), 5)}`,
      `go test -tags=e2e ${packageName}`,
      failures.length === 0 ? tail(stderr, 25) : excerptOf(failures, fileOf, 36),
      isTimedOut(report) ? limit.reason : undefined,
    );
  }
  return many(report.passed, 'go test');
}

function failed(
  message: string,
  command: string,
  output: string,
  hint = `${command} shows the same against a cluster with the chart installed`,
): Problem {
  return new Problem('OR-E2E-TESTS', message, { hint, excerpt: output });
}
