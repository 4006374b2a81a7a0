import { readFile } from 'node:fs/promises';
import { Problem } from '../errors.ts';
import { pullChart, pushChart, chartTag } from '../registry/chart.ts';
import { checkTag } from './gate.ts';
import type { Stage } from './types.ts';

/** The packed bytes that e2e installed go to the registry, and are read back. */
export const publishChart: Stage<'publish-chart'> = {
  name: 'publish-chart',
  run: async (context) => {
    const plan = context.operator.chart;
    const packed = context.artifacts.chart;
    if (plan === null || packed === undefined) throw new Error('the plan publishes a chart that is not packaged');
    await checkTag(context);
    const { event } = context.plan;
    const tgz = await readFile(packed.file);
    const source = `${context.ports.env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${event.repository}`;
    const pushed = await pushChart(context.registry, {
      repository: plan.repository,
      version: plan.version,
      tgz,
      chartYaml: packed.metadata,
      annotations: { 'org.opencontainers.image.source': source, 'org.opencontainers.image.revision': event.sha },
      created: event.commitTime,
    });
    const name = `oci://${plan.repository}:${chartTag(plan.version)}`;
    const back = await pullChart(context.registry, plan.repository, pushed.digest);
    if (back === null || !back.tgz.equals(tgz)) {
      throw new Problem('OR-PUBLISH-CHART', `${name} does not give back the bytes that were pushed`, {
        hint: 'the registry lags or is broken; run the job again',
      });
    }
    context.artifacts.chartDigest = pushed.digest;
    context.log.info(`${name} ${pushed.written ? 'is now' : 'was already'} ${pushed.digest}, read back`);
    context.publish({ operator: context.operator.name, kind: 'chart', name, digest: pushed.digest, written: pushed.written });
    context.note(`${plan.version}${pushed.written ? '' : ', there already'}`);
  },
};
