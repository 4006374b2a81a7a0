import { posix } from 'node:path';
import type { OperatorSettings } from '../config/types.ts';
import type { OperatorFacts } from '../facts/types.ts';
import type { ChartPlan, ImagePlan, StageName, TaskSpec } from './types.ts';

/**
 * What each check has to do, or in words why there is nothing. Commands of the configuration take a check's place whatever
 * the operator is made of.
 */

type SpecOf<Name extends StageName> = Extract<TaskSpec, { readonly stage: Name }>;
type Skip = { readonly skip: string };

/** `previousTag`: of the release before this one, null when there is none. */
export function verifyTask(operator: OperatorFacts, previousTag: string | null): SpecOf<'verify'> | Skip {
  const { verify } = operator.settings;
  const checks: readonly string[] = verify?.checks ?? ['generated', 'tidy', 'api'];
  const tidy = operator.goModule && checks.includes('tidy');
  const generate = checks.includes('generated') ? (verify?.generate ?? makeGenerate(operator)) : [];
  const folders = crdFolders(operator);
  const api =
    checks.includes('api') && previousTag !== null && folders.length > 0 ? { since: previousTag, folders } : null;
  if (tidy || generate.length > 0 || api !== null || verify?.run !== undefined) {
    return { stage: 'verify', tidy, generate, api };
  }
  return operator.goModule ? { skip: 'nothing is generated, and verify.checks leaves out tidy' } : noGo(operator);
}

/** Where an operator's CRDs lie, as controller-gen writes them and as Helm installs them. */
function crdFolders({ path, crds, chartPath, goModule }: OperatorFacts): readonly string[] {
  if (crds.length === 0 && !goModule) return [];
  return [posix.join(path, 'config/crd/bases'), ...(chartPath === null ? [] : [posix.join(chartPath, 'crds')])];
}

/** kubebuilder's targets, as far as the project has them. */
function makeGenerate(operator: OperatorFacts): readonly string[] {
  const targets = ['manifests', 'generate'].filter((target) => operator.makeTargets.includes(target));
  return operator.goModule && targets.length > 0 ? [`make ${targets.join(' ')}`] : [];
}

export function lintTask(
  operator: OperatorFacts,
  chart: ChartPlan | null,
  image: ImagePlan | null,
): SpecOf<'lint'> | Skip {
  const { lint } = operator.settings;
  const spec = {
    stage: 'lint',
    golangci: operator.goModule && lint?.golangci !== false,
    golangciVersion: lint?.golangciVersion ?? null,
    vet: operator.goModule && lint?.vet !== false,
    chart: lint?.chart === false ? null : (chart?.path ?? null),
    dockerfile: lint?.dockerfile === false ? null : dockerfileOf(image),
  } as const;
  if (spec.golangci || spec.vet || spec.chart !== null || lint?.run !== undefined) return spec;
  return {
    skip: operator.goModule || chart !== null ? 'all of it is off in the configuration' : 'neither Go nor a chart',
  };
}

function dockerfileOf(image: ImagePlan | null): SpecOf<'lint'>['dockerfile'] {
  return image === null || image.dockerfile === null ? null : { path: image.dockerfile, target: image.target };
}

/** `common`: folders of common modules whose tests belong to this operator's. */
export function unitTask(operator: OperatorFacts, common: readonly string[]): SpecOf<'unit'> | Skip {
  const unit = operator.settings.test?.unit;
  if (!operator.goModule && unit?.run === undefined) return noGo(operator);
  return { stage: 'unit', ...goTest(operator, common, unit) };
}

/** `common`: see `unitTask`. */
export function integrationTask(operator: OperatorFacts, common: readonly string[]): SpecOf<'integration'> | Skip {
  const integration = operator.settings.test?.integration;
  if (!operator.goModule && integration?.run === undefined) return noGo(operator);
  const envtestVersion = integration?.envtestVersion ?? null;
  return { stage: 'integration', envtestVersion, ...goTest(operator, common, integration) };
}

type GoTestSettings = NonNullable<NonNullable<OperatorSettings['test']>['unit']>;

function goTest(
  operator: OperatorFacts,
  common: readonly string[],
  settings: GoTestSettings = {},
): Omit<SpecOf<'unit'>, 'stage'> {
  const along = common.map((folder) => `${posix.relative(operator.path, folder)}/...`);
  return {
    packages: settings.packages ?? (along.length === 0 ? null : ['./...', ...along]),
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
