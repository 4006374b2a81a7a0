import { readFile } from 'node:fs/promises';
import { Problem } from '../errors.ts';
import type { ChartPlan } from '../plan/types.ts';
import { chartTag, nameChart, pullChart, pushChart } from '../registry/chart.ts';
import type { BeforeName } from '../registry/chart.ts';
import type { Ensured } from '../registry/ensure.ts';
import { readPresent } from '../registry/present.ts';
import { checkTag } from './gate.ts';
import { checkDeployed } from './image-gate.ts';
import { attestProvenance, signingOf } from './provenance.ts';
import type { PackagedChart, Stage, StageContext } from './types.ts';

type Publishing = StageContext<'publish-chart'>;

/** The packed bytes that e2e installed go to the registry, and are read back. */
export const publishChart: Stage<'publish-chart'> = {
  name: 'publish-chart',
  run: async (context) => {
    const plan = context.operator.chart;
    const packed = context.artifacts.chart;
    if (plan === null || packed === undefined) throw new Error('the plan publishes a chart that is not packaged');
    await checkTag(context);
    if (context.task.candidate === null) await checkDeployed(context, 'pushed');
    const tgz = await readFile(packed.file);
    const { plan: signing, note } = signingOf(context);
    const beforeName: BeforeName | undefined =
      signing === null
        ? undefined
        : (manifest) => {
            const promotedFrom = plan.promote?.tag ?? null;
            return attestProvenance(context, signing, { repository: plan.repository, manifest, promotedFrom });
          };
    const pushed =
      plan.promote === null
        ? await push(context, plan, packed, tgz, beforeName)
        : await name(context, plan, plan.promote.digest, beforeName);
    const { candidate } = context.task;
    const reference = `oci://${plan.repository}:${candidate ?? chartTag(plan.version)}`;
    const back = await pullChart(context.registry, plan.repository, pushed.digest);
    if (back === null || !back.tgz.equals(tgz)) {
      throw new Problem('OR-PUBLISH-CHART', `${reference} does not give back the bytes that were pushed`, {
        hint: 'the registry lags or is broken; run the job again',
      });
    }
    context.log.info(`${reference} ${pushed.written ? 'is now' : 'was already'} ${pushed.digest}, read back`);
    if (candidate !== null) {
      context.note(`${plan.version} waits for mode: finish`);
      return;
    }
    context.artifacts.chartDigest = pushed.digest;
    context.publish({
      operator: context.operator.name,
      kind: 'chart',
      name: reference,
      digest: pushed.digest,
      written: pushed.written,
    });
    context.note(`${plan.version}${pushed.written ? '' : ', there already'}, ${note}`);
  },
};

async function push(
  context: Publishing,
  plan: ChartPlan,
  packed: PackagedChart,
  tgz: Buffer,
  beforeName: BeforeName | undefined,
): Promise<Ensured> {
  const { event } = context.plan;
  const { candidate } = context.task;
  const source = `${context.ports.env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${event.repository}`;
  return pushChart(context.registry, {
    repository: plan.repository,
    version: plan.version,
    ...(candidate === null ? {} : { candidate }),
    tgz,
    chartYaml: packed.metadata,
    annotations: { 'org.opencontainers.image.source': source, 'org.opencontainers.image.revision': event.sha },
    created: event.commitTime,
    ...(beforeName === undefined ? {} : { beforeName }),
  });
}

/** A chart that a leg left in the registry gets its version; its blobs stay where they are. */
async function name(
  context: Publishing,
  plan: ChartPlan,
  digest: string,
  beforeName: BeforeName | undefined,
): Promise<Ensured> {
  const manifest = await readPresent(context.registry, plan.repository, digest);
  if (manifest === null) {
    throw new Problem('OR-PUBLISH-CHART', `${plan.repository}@${digest} is not in the registry any more`, {
      hint: 'a cleanup may have taken it; run the job again that tested the chart',
    });
  }
  return nameChart(context.registry, plan.repository, plan.version, manifest, beforeName);
}
