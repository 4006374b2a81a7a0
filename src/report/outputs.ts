import type { Published, RunResult } from '../engine/outcome.ts';
import type { OperatorPlan, Plan } from '../plan/types.ts';
import { matrixOf } from './matrix.ts';

/** Every output of the action, in the order of the documentation. */
export const outputNames = [
  'plan',
  'matrix',
  'has-work',
  'operators',
  'version',
  'image',
  'digest',
  'tags',
  'chart',
  'chart-version',
  'chart-digest',
  'release-url',
  'release-id',
  'results',
  'release-manifest',
] as const;

export type OutputName = (typeof outputNames)[number];
export type Outputs = Readonly<Record<OutputName, string>>;

/** GitHub refuses outputs of more than 1 MB, counted in UTF-16: two bytes a character. */
const mostCharacters = 500_000;

/** What every output is before anything is known: a step that fails early has outputs too. */
export function emptyOutputs(): Outputs {
  const none = Object.fromEntries(outputNames.map((name) => [name, ''])) as Record<OutputName, string>;
  return { ...none, matrix: '{"include":[]}', 'has-work': 'false', operators: '[]', results: '{}' };
}

/** All outputs of a plan and, when stages ran, of their results. The scalar ones are set for exactly one operator. */
export function renderOutputs(plan: Plan, result: RunResult | null): Outputs {
  const [first, ...others] = plan.operators;
  return {
    ...emptyOutputs(),
    plan: planJson(plan),
    matrix: JSON.stringify({ include: matrixOf(plan) }),
    'has-work': String(plan.operators.some((operator) => operator.tasks.length > 0)),
    operators: JSON.stringify(plan.operators.map((operator) => operator.name)),
    ...(first !== undefined && others.length === 0 ? scalars(first, result) : {}),
    results: JSON.stringify(resultsOf(result)),
  };
}

/**
 * The plan. A very large one is `truncated`, as an output has a limit: without the tasks, which are its bulk, then with
 * nothing but names and versions, then without operators; the output `operators` names them all.
 */
function planJson(plan: Plan): string {
  const full = JSON.stringify(plan);
  if (full.length <= mostCharacters) return full;
  const reductions: ((operator: OperatorPlan) => object)[] = [
    (operator) => ({ ...operator, affected: { by: operator.affected.by.slice(0, 3) }, tasks: [] }),
    ({ name, path, version }) => ({ name, path, version }),
  ];
  for (const reduce of reductions) {
    const lean = { ...plan, truncated: true, operators: plan.operators.map(reduce), unaffected: [] };
    const json = JSON.stringify(lean);
    if (json.length <= mostCharacters) return json;
  }
  return JSON.stringify({ ...plan, truncated: true, operators: [], unaffected: [] });
}

function scalars(operator: OperatorPlan, result: RunResult | null): Partial<Outputs> {
  const published = result?.published.filter((item) => item.operator === operator.name) ?? [];
  const find = (kind: Published['kind']): Published | undefined => published.find((item) => item.kind === kind);
  const { image, chart, version } = operator;
  const release = find('release');
  const manifest = published.find((item) => item.kind === 'asset' && item.name.endsWith('/release.json'));
  return {
    version: version.text,
    ...(image === null
      ? {}
      : {
          image: image.repository,
          digest: find('image')?.digest ?? image.promote?.digest ?? '',
          tags: tagsOf(operator, published, result).join('\n'),
        }),
    ...(chart === null
      ? {}
      : {
          chart: `oci://${chart.repository}`,
          'chart-version': chart.version,
          'chart-digest': find('chart')?.digest ?? '',
        }),
    'release-url': release?.name ?? '',
    'release-id': release?.id === undefined ? '' : String(release.id),
    'release-manifest': manifest?.file ?? '',
  };
}

/** Full references: those that exist now, or before any stage ran those that the plan would set. */
function tagsOf(operator: OperatorPlan, published: readonly Published[], result: RunResult | null): string[] {
  if (result === null) return operator.image?.tags.map(({ tag }) => `${operator.image?.repository ?? ''}:${tag}`) ?? [];
  return [...new Set(published.filter(({ kind }) => kind === 'image' || kind === 'tag').map(({ name }) => name))];
}

/** `{operator: {stage: {outcome, seconds}}}`, seconds with one decimal. */
function resultsOf(result: RunResult | null): Record<string, Record<string, { outcome: string; seconds: number }>> {
  // Without a prototype: an operator may be called `constructor`.
  const results = Object.create(null) as Record<string, Record<string, { outcome: string; seconds: number }>>;
  for (const { operator, stage, state, ms } of result?.outcomes ?? []) {
    (results[operator] ??= {})[stage] = { outcome: state, seconds: Math.round(ms / 100) / 10 };
  }
  return results;
}
