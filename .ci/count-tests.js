import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/**
 * count-tests REPORT EXIT-CODE [--no-skips]
 *
 * Prints `<passed> <failed> <skipped>` of a JSON report of vitest, and on stderr what failed. What vitest counts as no
 * test counts as one failure: a file that cannot be loaded, a hook or promise that fails beside the tests, no report.
 * With --no-skips a test that did not run is a failure.
 */
const [report, exitCode, ...options] = process.argv.slice(2);
const noSkips = options.includes('--no-skips');

let passed = 0;
let skipped = 0;
const failures = [];

for (const file of readReport()) {
  const name = relative(process.cwd(), file.name);
  let failedHere = 0;
  for (const test of file.assertionResults) {
    const title = `${name} > ${[...test.ancestorTitles, test.title].filter(Boolean).join(' > ')}`;
    if (test.status === 'passed') passed += 1;
    else if (test.status === 'failed') {
      failedHere += 1;
      failures.push(`${title}\n${test.failureMessages.join('\n')}`);
    } else if (noSkips) failures.push(`${title}\ndid not run (${test.status}), and all can run here`);
    else skipped += 1;
  }
  if (file.status === 'failed' && failedHere === 0) failures.push(`${name}\n${file.message}`);
}
if (passed + skipped + failures.length === 0) failures.push('there is no test in the report');
if (exitCode !== '0' && failures.length === 0) {
  failures.push(`vitest ended with exit code ${exitCode}, though no test failed; see its output above`);
}

process.stderr.write(failures.map((failure) => `✗ ${failure}\n`).join('\n'));
process.stdout.write(`${passed} ${failures.length} ${skipped}\n`);

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch (error) {
    failures.push(`vitest left no report: ${error.message}`);
    return [];
  }
}
