import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pushEmptyBase } from './base-image.ts';
import { makeCheckout, subject } from './checkout.ts';
import { inspect } from './inspect.ts';
import type { Machine } from './machine.ts';
import { countLine, publishedLines, pullLines } from './report.ts';
import type { Report } from './report.ts';
import { runStep } from './runner.ts';
import type { Services } from './services.ts';
import { tagPushStep } from './tag-push.ts';

export interface Place {
  /** This project. */
  readonly root: string;
  readonly dist: string;
  /** A folder that is deleted at the end. */
  readonly scratch: string;
  readonly verbose: boolean;
  readonly signal: AbortSignal;
}

/** The tag is pushed, the action runs, and the demo looks at what came of it. True when all is as it should be. */
export async function release(place: Place, machine: Machine, services: Services, report: Report): Promise<boolean> {
  const checkout = join(place.scratch, subject.operator);
  const commit = await makeCheckout(join(place.root, 'examples', subject.operator), checkout);
  services.github.seed.repository(subject.repository, { gitDir: checkout, defaultBranch: subject.branch });
  report.step(`git push origin ${subject.tag}`);
  report.line(`${subject.repository}, commit ${commit.slice(0, 12)}`);
  const before = await inspect(services, commit);
  const wasComplete = before.faults.length === 0;
  report.line(
    wasComplete
      ? 'Everything is published already: this run has to find that out, and to change nothing.'
      : `Before this run: ${before.faults.join('; ')}.`,
  );
  const base = machine.docker === null ? await koBase(services, report) : {};

  report.step('The action, run as the runner runs it: dist/main.js, then dist/post.js');
  services.startCounting();
  const { exitCode, summary } = await runStep({
    ...(await tagPushStep(place.root, commit, machine, services)),
    ...place,
    workspace: checkout,
    machineEnv: { ...base, ...(await surroundings(place.scratch, machine)) },
    write: (line) => report.line(line),
  });
  const writes = services.writes();

  report.step('What is in the registry and at GitHub now, by looking there');
  const after = await inspect(services, commit);
  const faults = [
    ...(exitCode === 0 ? [] : [`the action ended with exit code ${exitCode}`]),
    ...after.faults,
    ...services.github.violations.map((violation) => `a request that GitHub does not know: ${violation}`),
    ...(wasComplete
      ? [...writes.registry, ...writes.github].map((write) => `a write in a run that had nothing to do: ${write}`)
      : []),
  ];
  report.lines(after.good.map((line) => `✓ ${line}`));
  report.lines(faults.map((line) => `✗ ${line}`));
  report.line(`${wasComplete && faults.length === 0 ? '✓ ' : ''}${countLine(writes)}.`);

  report.step('Job summary, as the runner gets it');
  report.lines(summary.trimEnd().split('\n'));

  if (after.receipt !== null) {
    report.step('Published');
    report.lines(publishedLines(after));
    report.step('To pull it, while npm run demo -- --stay runs');
    report.lines(pullLines(after));
  }
  return faults.length === 0;
}

/** ko takes its base from a registry; on loopback there is one that can always be reached. */
async function koBase({ registry, proxy }: Services, report: Report): Promise<Record<string, string>> {
  const given = process.env['KO_DEFAULTBASEIMAGE'] ?? '';
  if (given !== '') {
    report.line(`Base image for ko: ${given} (KO_DEFAULTBASEIMAGE)`);
    return {};
  }
  const base = await pushEmptyBase(registry, proxy.host);
  report.line(`Base image for ko: ${base}, an empty one that the demo made`);
  return { KO_DEFAULTBASEIMAGE: base };
}

/** What the action's programs are told of this machine. What a kill leaves in a folder for temporary files goes with ours. */
async function surroundings(scratch: string, machine: Machine): Promise<Record<string, string>> {
  const temporary = join(scratch, 'tmp');
  await mkdir(temporary);
  // Runs with Docker share a builder, and the machine's own folder for temporary files is where they find each other.
  if (machine.docker !== null) return { GOTMPDIR: temporary };
  // The demo's decision has to be the action's, also where Docker is there and not wanted.
  return { TMPDIR: temporary, DOCKER_HOST: `unix://${join(scratch, 'no-docker.sock')}` };
}
