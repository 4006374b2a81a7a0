import { Problem } from '../errors.ts';
import type { OperatorFacts } from '../facts/types.ts';
import type { E2eTests } from './types.ts';

interface Choice {
  readonly tests: E2eTests;
  readonly testsReason: string;
}

const makeTargets = ['e2e', 'test-e2e', 'e2e-test'];

/**
 * What tests the deployed operator: chainsaw, a make target, or the chart's installation and the samples.
 * A make target that builds its own image is not run: it would test another image than the one that is released.
 * Errors: OR-E2E-RUNNER when the configured runner has nothing to run.
 */
export function e2eTests(operator: OperatorFacts): Choice {
  const wanted = operator.settings.e2e?.runner ?? 'auto';
  const chainsaw = chainsawFolder(operator);
  const target = makeTargets.find((name) => operator.makeTargets.includes(name));
  const configured = operator.settings.e2e?.tests?.[0];
  if (wanted === 'chainsaw' || (wanted === 'auto' && chainsaw !== null)) {
    const folder = configured ?? chainsaw;
    if (folder === null) throw nothingToRun(operator, 'chainsaw', 'no chainsaw-test.yaml was found below its folder');
    return { tests: { kind: 'chainsaw', folder }, testsReason: `chainsaw tests in ${folder}` };
  }
  if (wanted === 'make' || (wanted === 'auto' && target !== undefined && !operator.e2eBuildsImage)) {
    if (target === undefined) throw nothingToRun(operator, 'make', `its Makefile has none of the targets ${makeTargets.join(', ')}`);
    return { tests: { kind: 'make', target }, testsReason: `make ${target}` };
  }
  if (wanted === 'go') {
    if (operator.goE2e === null) throw nothingToRun(operator, 'go', 'there is no test/e2e with Go tests');
    return { tests: { kind: 'go', package: './test/e2e/...' }, testsReason: 'go test ./test/e2e/...' };
  }
  const passedOver =
    target !== undefined && wanted === 'auto'
      ? `; make ${target} is passed over, since its suite builds an image of its own and would not test this one (operators[].e2e.runner: make runs it all the same)`
      : '';
  return { tests: { kind: 'smoke' }, testsReason: `the chart's installation, readiness and the samples${passedOver}` };
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
    hint: 'correct operators[].e2e.runner, or leave it out',
  });
}
