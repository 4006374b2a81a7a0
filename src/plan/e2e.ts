import { posix } from 'node:path';
import { Problem } from '../errors.ts';
import type { OperatorFacts } from '../facts/types.ts';
import type { E2eTests } from './types.ts';

interface Choice {
  readonly tests: E2eTests;
  readonly testsReason: string;
}

const makeTargets = ['e2e', 'test-e2e', 'e2e-test'];

/**
 * What tests the deployed operator: the configured commands, chainsaw, a make target, go test, or the chart's installation
 * and the samples. A make target that builds its own image is not run: it would test another image than the one that is released.
 * Errors: OR-E2E-RUNNER when the configured runner has nothing to run.
 */
export function e2eTests(operator: OperatorFacts): Choice {
  const { e2e } = operator.settings;
  if (e2e?.run !== undefined) return { tests: { kind: 'smoke' }, testsReason: 'then the commands of e2e.run' };
  const wanted = e2e?.runner ?? 'auto';
  const chainsaw = chainsawFolder(operator);
  const target = makeTargets.find((name) => operator.makeTargets.includes(name));
  const configured = e2e?.tests === undefined ? null : posix.join(e2e.tests, '.');
  const found = operator.chainsaw.some((test) => configured === null || isWithin(test, configured));
  if (wanted === 'chainsaw' || (wanted === 'auto' && found)) {
    const folder = configured ?? chainsaw;
    if (folder === null) throw nothingToRun(operator, 'chainsaw', 'no chainsaw-test.yaml was found below its folder');
    return { tests: { kind: 'chainsaw', folder }, testsReason: `chainsaw tests in ${folder}` };
  }
  if (wanted === 'auto' && configured !== null) {
    throw nothingToRun(
      operator,
      'auto',
      `no chainsaw-test.yaml was found below ${configured}, which operators[].e2e.tests names`,
    );
  }
  if (wanted === 'make' || (wanted === 'auto' && target !== undefined && !operator.e2eBuildsImage)) {
    if (target === undefined)
      throw nothingToRun(operator, 'make', `its Makefile has none of the targets ${makeTargets.join(', ')}`);
    return { tests: { kind: 'make', target }, testsReason: `make ${target}` };
  }
  if (wanted === 'go') {
    const folder = configured ?? operator.goE2e;
    if (folder === null) throw nothingToRun(operator, 'go', 'there is no test/e2e with Go tests');
    const inModule = posix.relative(operator.path, folder);
    const pattern = `./${posix.join(inModule, '...')}`;
    return { tests: { kind: 'go', package: pattern }, testsReason: `go test ${pattern}` };
  }
  const passedOver =
    target !== undefined && wanted === 'auto'
      ? `; not make ${target}, which builds and tests an image of its own (e2e.runner: make runs it all the same)`
      : '';
  return { tests: { kind: 'smoke' }, testsReason: `installation, readiness, samples${passedOver}` };
}

function isWithin(folder: string, parent: string): boolean {
  return parent === '.' || folder === parent || folder.startsWith(`${parent}/`);
}

/** The folder that holds all of an operator's chainsaw tests. */
function chainsawFolder(operator: OperatorFacts): string | null {
  const [first, ...others] = operator.chainsaw.map((folder) => folder.split('/'));
  if (first === undefined) return null;
  let common = first.slice(0, -1);
  for (const other of others) {
    let length = 0;
    while (length < common.length && common[length] === other[length]) length++;
    common = common.slice(0, length);
  }
  return common.length === 0 ? '.' : common.join('/');
}

function nothingToRun(operator: OperatorFacts, runner: string, why: string): Problem {
  return new Problem('OR-E2E-RUNNER', `${operator.name}: the e2e runner ${runner} has nothing to run: ${why}`, {
    hint: 'correct operators[].e2e.runner and operators[].e2e.tests, or leave them out',
  });
}
