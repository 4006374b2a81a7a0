import type { OperatorSettings } from '../config/types.ts';
import type { OperatorFacts } from '../facts/types.ts';
import type { ChartPlan, StageName, TaskSpec } from './types.ts';

/**
 * What each check has to do, or in words why there is nothing. Commands of the configuration take a check's place whatever
 * the operator is made of.
 */

type SpecOf<Name extends StageName> = Extract<TaskSpec, { readonly stage: Name }>;
type Skip = { readonly skip: string };

export function verifyTask(operator: OperatorFacts): SpecOf<'verify'> | Skip {
  const { verify } = operator.settings;
  const checks: readonly string[] = verify?.checks ?? ['generated', 'tidy'];
  const tidy = operator.goModule && checks.includes('tidy');
  const generate = checks.includes('generated') ? (verify?.generate ?? makeGenerate(operator)) : [];
  if (tidy || generate.length > 0 || verify?.run !== undefined) return { stage: 'verify', tidy, generate };
  return operator.goModule ? { skip: 'nothing is generated, and verify.checks leaves out tidy' } : noGo(operator);
}

/** kubebuilder's targets, as far as the project has them. */
function makeGenerate(operator: OperatorFacts): readonly string[] {
  const targets = ['manifests', 'generate'].filter((target) => operator.makeTargets.includes(target));
  return operator.goModule && targets.length > 0 ? [`make ${targets.join(' ')}`] : [];
}

export function lintTask(operator: OperatorFacts, chart: ChartPlan | null): SpecOf<'lint'> | Skip {
  const { lint } = operator.settings;
  const spec = {
    stage: 'lint',
    golangci: operator.goModule && lint?.golangci !== false,
    golangciVersion: lint?.golangciVersion ?? null,
    vet: operator.goModule && lint?.vet !== false,
    chart: lint?.chart === false ? null : (chart?.path ?? null),
  } as const;
  if (spec.golangci || spec.vet || spec.chart !== null || lint?.run !== undefined) return spec;
  return {
    skip: operator.goModule || chart !== null ? 'all of it is off in the configuration' : 'neither Go nor a chart',
  };
}

export function unitTask(operator: OperatorFacts): SpecOf<'unit'> | Skip {
  const unit = operator.settings.test?.unit;
  return operator.goModule || unit?.run !== undefined ? { stage: 'unit', ...goTest(unit) } : noGo(operator);
}

export function integrationTask(operator: OperatorFacts): SpecOf<'integration'> | Skip {
  const integration = operator.settings.test?.integration;
  if (!operator.goModule && integration?.run === undefined) return noGo(operator);
  return { stage: 'integration', envtestVersion: integration?.envtestVersion ?? null, ...goTest(integration) };
}

type GoTestSettings = NonNullable<NonNullable<OperatorSettings['test']>['unit']>;

function goTest(settings: GoTestSettings = {}): Omit<SpecOf<'unit'>, 'stage'> {
  return {
    packages: settings.packages ?? null,
    race: settings.race ?? false,
    buildTags: settings.buildTags ?? [],
    minCoverage: settings.minCoverage ?? null,
  };
}

export function chartCheckTask(operator: OperatorFacts, chart: ChartPlan): SpecOf<'chart-check'> {
  const allowMissing = operator.settings.chart?.check?.allowMissing ?? [];
  return { stage: 'chart-check', chart: chart.path, crds: operator.crds, allowMissing };
}

function noGo(operator: OperatorFacts): Skip {
  return { skip: `no go.mod in ${operator.path}` };
}
