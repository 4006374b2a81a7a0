import * as v from 'valibot';
import { stageNames } from './types.ts';
import type { TaskId } from './types.ts';

/**
 * The plan's JSON, as schema/plan.schema.json publishes it. A test holds it equal to the types of types.ts, which say
 * what each field means.
 */

const text = v.string();
const texts = v.array(text);
const stage = v.picklist(stageNames);
const digest = v.pipe(text, v.regex(/^sha256:[0-9a-f]{64}$/));
const withReason = v.array(v.strictObject({ tag: text, reason: text }));
const taskId = v.pipe(
  text,
  v.regex(new RegExp(`^[^/]+/(?:${stageNames.join('|')})$`)),
  v.transform((id) => id as TaskId),
);

const event = v.strictObject({
  kind: v.picklist(['pull_request', 'push', 'tag', 'workflow_dispatch', 'schedule', 'local']),
  ref: text,
  refName: text,
  sha: v.pipe(text, v.regex(/^[0-9a-f]{40}$/)),
  commitTime: v.pipe(v.number(), v.integer()),
  repository: text,
  defaultBranch: text,
  publishes: v.boolean(),
  publishReason: text,
});

const signing = v.variant('sign', [
  v.strictObject({
    sign: v.literal(true),
    required: v.boolean(),
    sbom: v.picklist(['auto', 'required', 'off']),
    fulcio: text,
    rekor: text,
  }),
  v.strictObject({ sign: v.literal(false), reason: text }),
]);

const version = v.strictObject({
  kind: v.picklist(['release', 'prerelease', 'snapshot']),
  text,
  previous: v.nullable(text),
  previousTag: v.nullable(text),
});

const promoted = v.nullable(v.strictObject({ tag: text, digest }));

const image = v.strictObject({
  repository: text,
  builder: v.picklist(['buildx', 'ko']),
  dockerfile: v.nullable(text),
  context: text,
  target: v.nullable(text),
  mainPackage: text,
  platforms: texts,
  buildArgs: v.record(text, text),
  promote: promoted,
  deployedTag: text,
  tags: v.array(v.strictObject({ tag: text, moving: v.boolean(), reason: text })),
  skippedTags: withReason,
});

const chart = v.strictObject({
  path: text,
  name: text,
  version: text,
  appVersion: text,
  repository: text,
  promote: promoted,
});

const notes = v.strictObject({
  paths: texts,
  without: texts,
  crds: texts,
  by: v.nullable(text),
  sections: v.array(
    v.strictObject({
      title: text,
      labels: texts,
      types: texts,
      exclude: v.strictObject({ labels: texts, authors: texts }),
    }),
  ),
  exclude: v.strictObject({ labels: texts, authors: texts, types: texts }),
});

const release = v.strictObject({
  tag: text,
  title: text,
  prerelease: v.boolean(),
  makeLatest: v.boolean(),
  latestReason: text,
  origin: v.strictObject({ branches: v.nullable(texts), protected: v.boolean() }),
  notes,
});

const task = {
  id: taskId,
  needs: v.array(taskId),
  effect: v.picklist(['none', 'local', 'remote']),
  commands: v.strictObject({ run: v.nullable(texts), before: texts, after: texts, env: v.record(text, text) }),
  timeoutMs: v.number(),
};

const e2eTests = v.variant('kind', [
  v.strictObject({ kind: v.literal('chainsaw'), folder: text }),
  v.strictObject({ kind: v.literal('make'), target: text }),
  v.strictObject({ kind: v.literal('go'), package: text }),
  v.strictObject({ kind: v.literal('smoke') }),
]);

const goTest = {
  packages: v.nullable(texts),
  race: v.boolean(),
  buildTags: texts,
  minCoverage: v.nullable(v.number()),
};

const tasks = v.variant('stage', [
  v.strictObject({
    ...task,
    stage: v.literal('verify'),
    tidy: v.boolean(),
    generate: texts,
    api: v.nullable(v.strictObject({ since: text, folders: texts })),
  }),
  v.strictObject({
    ...task,
    stage: v.literal('lint'),
    golangci: v.boolean(),
    golangciVersion: v.nullable(text),
    vet: v.boolean(),
    chart: v.nullable(text),
    dockerfile: v.nullable(v.strictObject({ path: text, target: v.nullable(text) })),
  }),
  v.strictObject({ ...task, stage: v.literal('unit'), ...goTest }),
  v.strictObject({ ...task, stage: v.literal('integration'), envtestVersion: v.nullable(text), ...goTest }),
  v.strictObject({
    ...task,
    stage: v.literal('chart-check'),
    chart: text,
    crds: texts,
    allowMissing: v.array(v.picklist(['crds', 'workload'])),
  }),
  v.strictObject({ ...task, stage: v.literal('image-build') }),
  v.strictObject({ ...task, stage: v.literal('chart-package'), imageValues: v.nullable(text) }),
  v.strictObject({ ...task, stage: v.literal('bundle'), kustomize: v.nullable(text) }),
  v.strictObject({
    ...task,
    stage: v.literal('cluster'),
    nodeImage: v.nullable(text),
    config: v.nullable(text),
  }),
  v.strictObject({
    ...task,
    stage: v.literal('e2e'),
    tests: e2eTests,
    testsReason: text,
    samples: texts,
    namespace: text,
    values: v.record(text, v.union([text, v.number(), v.boolean()])),
  }),
  v.strictObject({ ...task, stage: v.literal('publish-image'), candidate: v.nullable(text) }),
  v.strictObject({ ...task, stage: v.literal('publish-chart'), candidate: v.nullable(text) }),
  v.strictObject({ ...task, stage: v.literal('release'), assets: texts }),
  v.strictObject({ ...task, stage: v.literal('tags') }),
]);

const operator = v.strictObject({
  name: text,
  path: text,
  runner: v.pipe(texts, v.minLength(1)),
  affected: v.strictObject({ by: texts }),
  version,
  image: v.nullable(image),
  chart: v.nullable(chart),
  release: v.nullable(release),
  tasks: v.array(tasks),
  skipped: v.array(v.strictObject({ stage, reason: text })),
});

export const planSchema = v.strictObject({
  schema: v.literal(1),
  event,
  signing,
  operators: v.array(operator),
  unaffected: v.array(v.strictObject({ name: text, reason: text })),
});
