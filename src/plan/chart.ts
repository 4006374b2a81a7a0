import type { Config } from '../config/types.ts';
import { Problem } from '../errors.ts';
import type { Facts, OperatorFacts } from '../facts/types.ts';
import type { Inputs } from '../inputs.ts';
import type { Names } from '../version/names.ts';
import { chartRepository } from './names.ts';
import type { ChartPlan, ImagePlan } from './types.ts';

/** How an operator's chart is named; null when it has none. Errors: OR-CHART-NAME, OR-CHART-REPOSITORY. */
export function planChart(
  inputs: Inputs,
  config: Config,
  facts: Facts,
  operator: OperatorFacts,
  names: Names,
  image: ImagePlan | null,
): ChartPlan | null {
  const path = operator.chartPath;
  if (path === null || operator.chartMetadata === null || operator.settings.chart?.enabled === false) return null;
  const name = operator.chartMetadata['name'];
  const at = { file: `${path}/Chart.yaml` };
  if (typeof name !== 'string' || !/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(name)) {
    const found = name === undefined ? 'has no name' : `has the name ${JSON.stringify(name)}`;
    throw new Problem('OR-CHART-NAME', `the chart ${path} ${found}`, {
      hint: 'Chart.yaml needs "name:" with lower-case letters, digits and "-"',
      at,
    });
  }
  const repository = chartRepository(inputs, config, operator, facts.repository, name);
  if (repository === image?.repository) {
    throw new Problem(
      'OR-CHART-REPOSITORY',
      `chart and image of ${operator.name} would share ${repository}, and one replace the other`,
      {
        hint: 'set "charts:" in the configuration to another place, for example ghcr.io/<owner>/charts',
        at,
      },
    );
  }
  return { path, name, version: names.chartVersion, appVersion: names.appVersion, repository, promote: null };
}
