/** A step of a job, as far as the report is concerned: what main.ts makes of the reporter, in a process of its own. */
import * as core from '@actions/core';
import { Problem } from '../../src/errors.ts';
import { createActionsReporter } from '../../src/report/actions-reporter.ts';
import { createMask } from '../../src/report/mask.ts';
import {
  chartDigest,
  docs,
  eventSample,
  failingResult,
  operatorSample,
  outcomeSample,
  planSample,
  publishedSample,
  resultSample,
} from './samples.ts';

const reporter = createActionsReporter({
  core,
  write: (text) => process.stdout.write(text),
  env: process.env,
  now: () => 0,
  mask: createMask([{ value: 'hunter_22', user: 'robot' }]),
  toolVersion: '1.0.0',
  docs,
});
const plan = planSample([operatorSample('keystone')]);

const scenario = process.argv[2] ?? '';
switch (scenario) {
  case 'good':
    reporter.plan(plan);
    await reporter.finish(plan, resultSample());
    break;
  case 'reconcile':
    for (const newest of [false, true]) {
      const result = resultSample();
      const changed = result.published.map((item) =>
        newest && item.kind === 'image' ? { ...item, name: `${item.name}-new`, digest: chartDigest } : item,
      );
      const nova = newest ? publishedSample('nova') : [];
      reporter.plan(plan);
      await reporter.finish(plan, { ...result, published: [...changed, ...nova] });
    }
    break;
  case 'failing':
    reporter.plan(plan);
    reporter.event({ kind: 'started', id: 'keystone/e2e', atMs: 0 });
    await reporter.finish(plan, failingResult());
    break;
  case 'plan':
    reporter.plan(plan);
    await reporter.finish(plan, null);
    break;
  case 'problem':
    await reporter.fail([
      new Problem('OR-CONFIG-KEY', 'chrat: unknown key', {
        hint: 'did you mean chart?',
        at: { file: 'a.yaml', line: 2 },
      }),
      new Problem('OR-CONFIG-KEY', 'nmae: unknown key'),
    ]);
    break;
  case 'hostile': {
    const evil = '::set-output name=digest::x hunter_22 ##[error]y\r::stop-commands::z';
    const problem = new Problem('OR-A', evil, { excerpt: evil, hint: evil, at: { file: evil, line: 1 } });
    const outcomes = [
      outcomeSample(
        'keystone',
        'lint',
        { state: 'failed', problems: [problem] },
        {
          log: [evil],
          note: evil,
          details: [evil],
          findings: [{ level: 'warning', message: evil, title: evil, at: { file: evil } }],
        },
      ),
    ];
    reporter.log.info(evil);
    reporter.log.warn(evil);
    reporter.log.debug(evil);
    const hostile = planSample([operatorSample('keystone')], {
      event: { ...eventSample, publishReason: evil, refName: evil },
    });
    reporter.plan(hostile);
    reporter.event({ kind: 'started', id: 'keystone/lint', atMs: 0 });
    const [outcome] = outcomes;
    if (outcome !== undefined) reporter.event({ kind: 'ended', id: outcome.id, atMs: 0, outcome });
    await reporter.finish(hostile, { outcomes, published: [], ms: 1, cancelled: false });
    break;
  }
}
