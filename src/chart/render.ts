import { Problem } from '../errors.ts';
import { parseManifests } from './rendered.ts';
import type { Manifest } from './rendered.ts';
import type { ChartHost } from './source.ts';
import { silent } from '../log.ts';

/**
 * The objects of a chart or its package with its default values, CRDs included. `shown`: how messages name the chart.
 * Errors: OR-CHART-RENDER, OR-CHART-YAML.
 */
export async function renderChart(
  host: ChartHost,
  helm: string,
  chart: string,
  shown: string,
  namespace = 'default',
): Promise<readonly Manifest[]> {
  const result = await host.run(helm, ['template', 'release-name', chart, '--include-crds', '--namespace', namespace], {
    allowFailure: true,
    log: silent,
  });
  if (result.exitCode !== 0) {
    const [, file = 'Chart.yaml', line] = /[\w.-]+\/(templates\/[\w./-]*\w)(?::(\d+))?/.exec(result.stderr) ?? [];
    throw new Problem('OR-CHART-RENDER', `the chart ${shown} does not render with its default values`, {
      hint: `helm template ${shown} shows the same on your machine`,
      excerpt: result.stderr.trim(),
      at: { file: `${shown}/${file}`, ...(line === undefined ? {} : { line: Number(line) }) },
    });
  }
  return parseManifests(result.stdout, `what ${shown} renders`);
}
