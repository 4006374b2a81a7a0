import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readFile } from 'node:fs/promises';
import { isRecord, objectsOfKind, parseManifests } from '../chart/rendered.ts';
import { chartWithDependencies, readChart } from '../chart/source.ts';
import { renderChart } from '../chart/render.ts';
import { Problem, raise } from '../errors.ts';
import type { Stage, StageContext } from './types.ts';

/** The chart as it lies in the repository renders, is complete, and its CRDs are those of config/crd/bases. */
export const chartCheck: Stage<'chart-check'> = {
  name: 'chart-check',
  run: async (context) => {
    const chart = context.task.chart;
    const helm = await context.tool('helm');
    const metadata = await readChart(join(context.root, chart), chart);
    const folder = await chartWithDependencies(context, helm, chart, 'check');
    const manifests = await renderChart(context, helm, folder, chart);
    const found: Problem[] = [];
    const hasWorkload = manifests.some((object) => object['kind'] === 'Deployment' || object['kind'] === 'StatefulSet');
    if (!hasWorkload && !context.task.allowMissing.includes('workload')) {
      found.push(
        new Problem('OR-CHART-INCOMPLETE', `${chart} renders no Deployment, so it installs no operator`, {
          hint: 'add the manager to the templates, name the right chart in operators[].chart.path, or allow it in chart.check.allowMissing',
          at: { file: `${chart}/Chart.yaml` },
        }),
      );
    }
    found.push(...(await compareCrds(context, chart, objectsOfKind(manifests, 'CustomResourceDefinition'))));
    raise(found);
    context.note(`${String(metadata['name'])}: ${manifests.length} objects`);
  },
};

/** Differences between the CRDs that controller-gen wrote and those that the chart installs. Descriptions may differ. */
async function compareCrds(
  context: StageContext<'chart-check'>,
  chart: string,
  rendered: readonly { name: string; spec: unknown }[],
): Promise<readonly Problem[]> {
  const found: Problem[] = [];
  for (const file of context.task.crds) {
    const source = objectsOfKind(
      parseManifests(await readFile(join(context.root, file), 'utf8'), file),
      'CustomResourceDefinition',
    );
    for (const crd of source) {
      const twin = rendered.find((other) => other.name === crd.name);
      if (twin === undefined && context.task.allowMissing.includes('crds')) continue;
      if (twin !== undefined && isDeepStrictEqual(bare(twin.spec), bare(crd.spec))) continue;
      const what = twin === undefined ? 'is missing in' : 'differs from the one in';
      found.push(
        new Problem('OR-CHART-CRD', `the CustomResourceDefinition ${crd.name} of ${file} ${what} the chart ${chart}`, {
          hint: 'generate the chart again (kubebuilder edit --plugins=helm.kubebuilder.io/v2-alpha, make helm-chart), or copy the CRD into it',
          at: { file },
        }),
      );
    }
  }
  return found;
}

/** The schema without words and without what only a conversion webhook adds at deployment. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(
    ([key, inner]) => key !== 'conversion' && !(key === 'description' && typeof inner === 'string'),
  );
  return Object.fromEntries(entries.map(([key, inner]) => [key, bare(inner)]));
}
