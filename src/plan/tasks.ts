import { stageSettings } from '../config/settings.ts';
import type { Facts, OperatorFacts } from '../facts/types.ts';
import type { Inputs } from '../inputs.ts';
import { chartCheckTask, integrationTask, lintTask, unitTask, verifyTask } from './check-tasks.ts';
import { channelTags } from '../version/image-tags.ts';
import { e2eTests } from './e2e.ts';
import { stageNames } from './types.ts';
import type {
  Candidate,
  ChartPlan,
  EventPlan,
  ImagePlan,
  ReleasePlan,
  StageName,
  TaskId,
  TaskPlan,
  TaskSpec,
  VersionPlan,
} from './types.ts';

/** What decides whether a stage has something to do. */
export interface TaskInputs {
  readonly inputs: Inputs;
  readonly facts: Facts;
  readonly event: EventPlan;
  readonly operator: OperatorFacts;
  /** Folders of common Go modules that are tested with it. */
  readonly common: readonly string[];
  readonly image: ImagePlan | null;
  readonly chart: ChartPlan | null;
  readonly release: ReleasePlan | null;
  readonly version: VersionPlan;
  /** Under which tag this run leaves what it tested; null when it publishes it itself. */
  readonly candidate: Candidate;
}

type Skip = { readonly skip: string };

const leftToFinish = 'made by mode: finish when all operators are green';

const minutes = 60_000;
const timeouts: Readonly<Record<StageName, number>> = {
  verify: 10 * minutes,
  lint: 15 * minutes,
  unit: 20 * minutes,
  integration: 30 * minutes,
  'chart-check': 5 * minutes,
  'image-build': 30 * minutes,
  'chart-package': 5 * minutes,
  bundle: 5 * minutes,
  cluster: 10 * minutes,
  e2e: 45 * minutes,
  'publish-image': 20 * minutes,
  'publish-chart': 10 * minutes,
  release: 20 * minutes,
  tags: 10 * minutes,
};

/** What each stage waits for; those that are not in the plan are left out. */
const needs: Readonly<Record<StageName, readonly StageName[]>> = {
  verify: [],
  lint: [],
  unit: [],
  integration: [],
  'chart-check': [],
  'image-build': [],
  'chart-package': ['image-build', 'chart-check'],
  bundle: ['image-build', 'chart-package'],
  cluster: [],
  e2e: ['cluster', 'image-build', 'chart-package', 'bundle'],
  'publish-image': [
    'verify',
    'lint',
    'unit',
    'integration',
    'chart-check',
    'image-build',
    'chart-package',
    'bundle',
    'e2e',
  ],
  'publish-chart': ['publish-image', 'e2e', 'verify', 'lint', 'unit', 'integration', 'chart-package', 'bundle'],
  release: ['publish-image', 'publish-chart', 'e2e', 'verify', 'lint', 'unit', 'integration', 'bundle'],
  tags: ['publish-image', 'publish-chart', 'release'],
};

/** Stages that change registry or GitHub. */
export const publishing: ReadonlySet<StageName> = new Set(['publish-image', 'publish-chart', 'release', 'tags']);

export function planTasks(input: TaskInputs): {
  tasks: readonly TaskPlan[];
  skipped: readonly { stage: StageName; reason: string }[];
} {
  const specs = new Map<StageName, TaskSpec>();
  const skipped: { stage: StageName; reason: string }[] = [];
  const wanted = input.inputs.stages === 'auto' ? null : withMakers(input.inputs.stages);
  for (const stage of stageNames) {
    const spec = decide(stage, wanted, input);
    if ('skip' in spec) skipped.push({ stage, reason: spec.skip });
    else specs.set(stage, spec);
  }
  const id = (stage: StageName): TaskId => `${input.operator.name}/${stage}`;
  const tasks = [...specs.values()].map((spec): TaskPlan => {
    const { run, before, after, env, timeoutMs } = stageSettings(input.operator.settings, spec.stage);
    return {
      id: id(spec.stage),
      needs: needs[spec.stage].filter((stage) => specs.has(stage)).map(id),
      effect: publishing.has(spec.stage)
        ? 'remote'
        : spec.stage === 'image-build' || spec.stage === 'cluster'
          ? 'local'
          : 'none',
      // Hooks of a publication belong to the run that publishes.
      commands:
        input.candidate !== null && publishing.has(spec.stage)
          ? { run: null, before: [], after: [], env }
          : { run: run ?? null, before, after, env },
      timeoutMs: timeoutMs ?? timeouts[spec.stage],
      ...spec,
    };
  });
  return { tasks, skipped };
}

/** `wanted`: the stages that were asked for; null for all. */
function decide(stage: StageName, wanted: ReadonlySet<StageName> | null, input: TaskInputs): TaskSpec | Skip {
  const { event } = input;
  if (wanted !== null && !wanted.has(stage)) return { skip: 'not named by the input stages' };
  if (stageSettings(input.operator.settings, stage).enabled === false) return { skip: 'disabled in the configuration' };
  if (publishing.has(stage) && !event.publishes) return { skip: event.publishReason };
  return specOf(stage, input);
}

/** What a named stage cannot do without comes along: e2e needs an image, a chart and a cluster. */
function withMakers(wanted: readonly StageName[]): ReadonlySet<StageName> {
  const closure = new Set(wanted);
  const makers: readonly StageName[] = ['image-build', 'chart-package', 'bundle', 'cluster'];
  for (const name of wanted) for (const need of needs[name]) if (makers.includes(need)) closure.add(need);
  if (closure.has('chart-package') || closure.has('bundle')) closure.add('image-build');
  return closure;
}

function specOf(
  stage: StageName,
  { facts, operator, common, image, chart, release, version, candidate }: TaskInputs,
): TaskSpec | Skip {
  const { settings } = operator;
  switch (stage) {
    case 'verify':
      return verifyTask(operator, version.previousTag);
    case 'lint':
      return lintTask(operator, chart, image);
    case 'unit':
      return unitTask(operator, common);
    case 'integration':
      return integrationTask(operator, common);
    case 'chart-check':
      return chart === null ? noChart(operator) : chartCheckTask(operator, chart);
    case 'image-build':
      if (image === null) return { skip: 'the operator has no image' };
      if (image.promote !== null) {
        return {
          skip: `promoted: ${image.promote.digest} was built and tested for this commit (tag ${image.promote.tag})`,
        };
      }
      return { stage };
    case 'chart-package':
      return chart === null ? noChart(operator) : { stage, imageValues: settings.chart?.imagePath ?? null };
    case 'bundle':
      if (operator.kustomize === null && chart === null) return { skip: 'neither config/default nor a chart' };
      return { stage, kustomize: operator.kustomize };
    case 'cluster':
    case 'e2e':
      return clusterStage(stage, facts, operator, image, chart);
    case 'publish-image':
      return image === null ? { skip: 'the operator has no image' } : { stage, candidate };
    case 'publish-chart':
      return chart === null ? noChart(operator) : { stage, candidate };
    case 'release':
      if (candidate !== null) return { skip: leftToFinish };
      return release === null
        ? { skip: 'only a version tag makes a release' }
        : { stage, assets: settings.release?.assets ?? [] };
    case 'tags':
      if (candidate !== null) return { skip: leftToFinish };
      if (settings.image?.publish?.enabled === false) return { skip: 'the image is not published' };
      return image !== null && looksAfterTags(image, release) ? { stage } : { skip: 'no tag moves' };
  }
}

/**
 * A release whose every moving tag is a higher one's by now looks after them, too: an earlier run of it may have been killed
 * right after it moved one that was no longer its own.
 */
function looksAfterTags({ tags, skippedTags }: ImagePlan, release: ReleasePlan | null): boolean {
  if (tags.some((tag) => tag.moving)) return true;
  if (release === null || tags.length === 0) return false;
  return !release.prerelease || skippedTags.some(({ tag }) => channelTags.includes(tag));
}

function noChart(operator: OperatorFacts): Skip {
  return {
    skip: operator.settings.chart?.enabled === false ? 'disabled in the configuration' : 'the operator has no chart',
  };
}

function clusterStage(
  stage: 'cluster' | 'e2e',
  facts: Facts,
  operator: OperatorFacts,
  image: ImagePlan | null,
  chart: ChartPlan | null,
): TaskSpec | Skip {
  const { e2e } = operator.settings;
  if (image === null) return { skip: 'the operator has no image' };
  if (chart === null && operator.kustomize === null) return { skip: 'neither a chart nor config/default to deploy' };
  if (chart === null && operator.settings.bundle?.enabled === false) {
    return { skip: 'no chart, and the install.yaml to deploy is disabled in the configuration' };
  }
  if (e2e?.enabled === false || e2e?.cluster?.enabled === false) return { skip: 'disabled in the configuration' };
  if (facts.host.dockerMissing !== null) return { skip: `no Docker engine: ${facts.host.dockerMissing}` };
  if (stage === 'cluster') {
    return { stage, nodeImage: e2e?.cluster?.nodeImage ?? null, config: e2e?.cluster?.config ?? null };
  }
  return {
    stage,
    ...e2eTests(operator),
    samples: operator.samples,
    namespace: e2e?.namespace ?? `${operator.name}-system`,
    values: e2e?.values ?? {},
  };
}
