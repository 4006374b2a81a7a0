import type { Finding, Outcome, Published, RunResult } from '../../src/engine/outcome.ts';
import { Problem } from '../../src/errors.ts';
import { stageNames } from '../../src/plan/types.ts';
import type { EventPlan, NotesPlan, OperatorPlan, Plan, StageName, TaskId, TaskPlan } from '../../src/plan/types.ts';

export const hex = '81c0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6de2';
export const digest = `sha256:${hex}`;
export const chartDigest = `sha256:${'77aa'.repeat(16)}`;
export const docs = { errorsPage: 'docs/errors.md' };

const remote: readonly StageName[] = ['publish-image', 'publish-chart', 'release', 'tags'];

export const eventSample: EventPlan = {
  kind: 'tag',
  ref: 'refs/tags/keystone/v1.2.3',
  refName: 'keystone/v1.2.3',
  sha: '3f2c9a1b7d204c5e8f90a1b2c3d4e5f607182930',
  commitTime: 1_767_225_600,
  repository: 'octo/ops',
  defaultBranch: 'main',
  publishes: true,
  publishReason: 'tag keystone/v1.2.3 releases 1.2.3',
};

/** A task as far as reports read it: of all stages but e2e they take name and effect only. */
function task(operator: string, stage: StageName): TaskPlan {
  const base: Omit<TaskPlan, 'stage'> = {
    id: `${operator}/${stage}`,
    needs: [],
    effect: remote.includes(stage) ? 'remote' : 'local',
    commands: { run: null, before: [], after: [], env: {} },
    timeoutMs: 600_000,
  };
  const e2e = {
    tests: { kind: 'chainsaw', folder: 'test/e2e' },
    testsReason: 'test/e2e has chainsaw tests',
    samples: [],
    namespace: `${operator}-system`,
    values: {},
  };
  return { ...base, ...(stage === 'e2e' ? e2e : {}), stage } as TaskPlan;
}

const notesSample: NotesPlan = {
  paths: ['.'],
  without: [],
  crds: ['config/crd/bases'],
  by: null,
  sections: [],
  exclude: { labels: [], authors: [], types: [] },
};

export function operatorSample(name: string, changes: Partial<OperatorPlan> = {}): OperatorPlan {
  return {
    name,
    path: `operators/${name}`,
    runner: ['ubuntu-latest'],
    affected: { by: ['released by tag pattern {operator}/v{version}'] },
    version: { kind: 'release', text: '1.2.3', previous: '1.2.2', previousTag: `${name}/v1.2.2` },
    image: {
      repository: `ghcr.io/octo/${name}-operator`,
      builder: 'buildx',
      dockerfile: 'Dockerfile',
      context: '.',
      target: null,
      mainPackage: './cmd',
      platforms: ['linux/amd64', 'linux/arm64'],
      buildArgs: { OPERATOR: name },
      promote: { tag: 'sha-3f2c9a1b7d20', digest },
      deployedTag: 'v1.2.3',
      tags: [
        { tag: 'v1.2.3', moving: false, reason: 'new' },
        { tag: 'v1.2', moving: true, reason: 'moves from v1.2.2' },
      ],
      skippedTags: [
        { tag: 'v1', reason: 'stays on v1.4.0 (higher)' },
        { tag: 'stable', reason: 'stays on v2.0.1 (higher)' },
      ],
    },
    chart: {
      path: `operators/${name}/helm/${name}-operator`,
      name: `${name}-operator`,
      version: '1.2.3',
      appVersion: 'v1.2.3',
      repository: `ghcr.io/octo/charts/${name}-operator`,
      promote: null,
    },
    release: {
      tag: `${name}/v1.2.3`,
      title: `${name} 1.2.3`,
      prerelease: false,
      makeLatest: false,
      notes: notesSample,
      latestReason: 'v2.0.1 is',
      origin: { branches: null, protected: false },
    },
    tasks: stageNames
      .filter((stage) => stage !== 'image-build' && stage !== 'bundle')
      .map((stage) => task(name, stage)),
    skipped: [
      { stage: 'image-build', reason: 'promoted' },
      { stage: 'bundle', reason: 'no config/default' },
    ],
    ...changes,
  };
}

export function planSample(operators: readonly OperatorPlan[], changes: Partial<Plan> = {}): Plan {
  return {
    schema: 1,
    event: eventSample,
    signing: {
      sign: true,
      required: false,
      sbom: 'auto',
      fulcio: 'https://fulcio.sigstore.dev',
      rekor: 'https://rekor.sigstore.dev',
    },
    operators,
    unaffected: [
      { name: 'glance', reason: 'not named by this tag' },
      { name: 'placement', reason: 'not named by this tag' },
    ],
    ...changes,
  };
}

export type Ending =
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly problems: readonly Problem[] }
  | { readonly state: 'blocked'; readonly by: readonly TaskId[] }
  | { readonly state: 'skipped'; readonly reason: string }
  | { readonly state: 'cancelled' };

export interface OutcomeSample {
  readonly startMs?: number;
  readonly ms?: number;
  readonly note?: string;
  readonly findings?: readonly Finding[];
  readonly details?: readonly string[];
  readonly log?: readonly string[];
}

export function outcomeSample(
  operator: string,
  stage: StageName,
  ending: Ending = { state: 'done' },
  sample: OutcomeSample = {},
): Outcome {
  return {
    id: `${operator}/${stage}`,
    operator,
    stage,
    startMs: 0,
    ms: 1000,
    note: '',
    findings: [],
    details: [],
    log: [],
    ...sample,
    ...ending,
  };
}

export function publishedSample(operator: string, written = true): Published[] {
  const url = `https://github.com/octo/ops/releases`;
  return [
    { operator, kind: 'image', name: `ghcr.io/octo/${operator}-operator:v1.2.3`, digest, written },
    {
      operator,
      kind: 'chart',
      name: `oci://ghcr.io/octo/charts/${operator}-operator:1.2.3`,
      digest: chartDigest,
      written,
    },
    { operator, kind: 'asset', name: `${url}/download/${operator}/v1.2.3/install.yaml`, digest: null, written },
    {
      operator,
      kind: 'asset',
      name: `${url}/download/${operator}/v1.2.3/release.json`,
      digest: null,
      written,
      file: 'scratch/release.json',
    },
    { operator, kind: 'release', name: `${url}/tag/${operator}/v1.2.3`, digest: null, written, id: 4711 },
    { operator, kind: 'tag', name: `ghcr.io/octo/${operator}-operator:v1.2`, digest, written },
  ];
}

/** What a run that signs has published beside that, as it comes: before the names. */
export function signedSample(operator: string): Published[] {
  const of = (repository: string, about: string): Published => ({
    operator,
    kind: 'attestation',
    name: `${repository}@${about}`,
    digest: `sha256:${'5'.repeat(64)}`,
    written: true,
  });
  return [
    of(`ghcr.io/octo/${operator}-operator`, digest),
    of(`ghcr.io/octo/charts/${operator}-operator`, chartDigest),
    ...publishedSample(operator),
  ];
}

export function goodOutcomes(operator: string): Outcome[] {
  const sample = (stage: StageName, startMs: number, ms: number, note = '', more: OutcomeSample = {}): Outcome =>
    outcomeSample(operator, stage, { state: 'done' }, { startMs, ms, note, log: [`${stage} says hello`], ...more });
  return [
    sample('verify', 0, 12_000, 'go.mod tidy, generated files fresh'),
    sample('lint', 0, 41_000, '0 findings'),
    sample('unit', 12_000, 58_000, '214 tests, 81.2 % covered', {
      details: ['Slowest tests:', 'TestReconcile_Deletes: 4.1 s', 'TestWebhook_Rejects: 2.0 s'],
    }),
    sample('integration', 41_000, 66_000, '31 tests'),
    sample('chart-check', 0, 8_000, 'keystone-operator: 14 objects'),
    sample('chart-package', 70_000, 400, 'keystone-operator 1.2.3'),
    sample('cluster', 0, 23_000, 'Kubernetes 1.34'),
    sample('e2e', 107_000, 160_000, '12 tests, Kubernetes 1.34'),
    sample('publish-image', 267_000, 9_000, 'v1.2.3'),
    sample('publish-chart', 276_000, 2_000, '1.2.3'),
    sample('release', 278_000, 7_000, 'keystone/v1.2.3, 2 assets verified'),
    sample('tags', 285_000, 1_000, 'v1.2'),
  ];
}

export function resultSample(changes: Partial<RunResult> = {}): RunResult {
  return {
    outcomes: goodOutcomes('keystone'),
    published: publishedSample('keystone'),
    ms: 391_000,
    cancelled: false,
    ...changes,
  };
}

export const rolloutProblem = new Problem('OR-E2E-ROLLOUT', 'deployment keystone-operator did not become ready', {
  hint: 'the API group is in config/crd/bases but AddToScheme is not called for it (cmd/main.go)? Logs: e2e-logs/keystone/',
  excerpt: [
    'pod keystone-operator-7c9f crashes (exit 1, 4 restarts), last lines of manager:',
    '  E1121 setup.go:88 "unable to create controller" err="no kind KeystoneService registered in scheme"',
  ].join('\n'),
});

/** e2e failed, so nothing went out. */
export function failingResult(operator = 'keystone'): RunResult {
  const by: TaskId[] = [`${operator}/e2e`];
  const outcomes = goodOutcomes(operator).map((outcome): Outcome => {
    if (outcome.stage === 'e2e') {
      const log = [
        '$ kubectl rollout status deployment/keystone-operator',
        'error: timed out waiting for the condition',
      ];
      const ending: Ending = { state: 'failed', problems: [rolloutProblem] };
      return outcomeSample(operator, 'e2e', ending, { startMs: 107_000, ms: 112_000, log });
    }
    return remote.includes(outcome.stage)
      ? outcomeSample(operator, outcome.stage, { state: 'blocked', by }, { startMs: 219_000, ms: 0 })
      : outcome;
  });
  return { outcomes, published: [], ms: 219_000, cancelled: false };
}
