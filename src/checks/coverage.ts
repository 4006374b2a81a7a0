import { Problem } from '../errors.ts';

/**
 * Holds the coverage of a stage against `minCoverage`. `covered` in percent, null when Go cannot tell; `minimum` null for
 * no limit. Errors: OR-TEST-COVERAGE.
 */
export function checkCoverage(stage: 'unit' | 'integration', covered: number | null, minimum: number | null): void {
  if (minimum === null || (covered !== null && covered >= minimum)) return;
  const found = covered === null ? 'go does not tell the coverage' : `${covered} % of the statements are covered`;
  throw new Problem('OR-TEST-COVERAGE', `${stage}: ${found}, and at least ${minimum} % have to be`, {
    hint: `test more, or lower operators[].test.${stage}.minCoverage`,
  });
}
