import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Problem } from '../../src/errors.ts';
import { problemsOf } from '../../src/engine/graph.ts';
import type { RunResult } from '../../src/engine/outcome.ts';
import { inputsFrom } from '../../src/inputs.ts';
import type { Plan } from '../../src/plan/types.ts';
import { digestOf } from '../../src/registry/digest.ts';
import { mediaTypes } from '../../src/registry/types.ts';
import type { Registry } from '../../src/registry/types.ts';
import { run } from '../../src/run.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo, Tree } from '../fixtures/repos/repo.ts';
import { client } from '../registry/helpers.ts';
import { standInToken } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';

/**
 * Three operators of one repository, without code: their images are "tested" by being put into the registry, so that a
 * run needs Helm and nothing else. What they test is the way from there to a release.
 */
export const names = ['keystone', 'nova', 'placement'] as const;
export const repository = 'octo/ops';

const off = '{ enabled: false }';
const config = `primary: keystone
defaults:
  verify: ${off}
  lint: ${off}
  test: { unit: ${off}, integration: ${off} }
  chart: { check: ${off} }
  e2e: ${off}
`;

export const configFile = '.github/operator-release.yaml';

export const tree: Tree = {
  [configFile]: config,
  ...Object.fromEntries(
    names.flatMap((name) => {
      const folder = `operators/${name}`;
      const chart = `${folder}/helm/${name}-operator`;
      return Object.entries({
        [`${folder}/PROJECT`]: `projectName: ${name}\n`,
        [`${folder}/Dockerfile`]: 'FROM scratch\n',
        [`${chart}/Chart.yaml`]: `apiVersion: v2\nname: ${name}-operator\nversion: 0.0.0\n`,
        [`${chart}/values.yaml`]: 'image:\n  repository: x\n  tag: ""\n',
        [`${chart}/templates/deployment.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - { name: manager, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}" }
`,
      });
    }),
  ),
};

export function monorepo(): Repo {
  return makeRepo(tree);
}

/** What an earlier run of the branch leaves: an image of this commit, for two platforms, under its commit's tag. */
export async function pushTested(registryPath: string, name: string, commit: string): Promise<string> {
  const { registry } = client();
  const repository = `${registryPath}/${name}`;
  const annotations = { 'org.opencontainers.image.revision': commit };
  const manifests: object[] = [];
  for (const architecture of ['amd64', 'arm64']) {
    const platform = { architecture, os: 'linux' };
    const config = Buffer.from(JSON.stringify({ ...platform, name, rootfs: { type: 'layers', diff_ids: [] } }));
    const blob = { digest: digestOf(config), size: config.length };
    await registry.uploadBlob(repository, blob, { bytes: config });
    const content = {
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...blob },
      layers: [],
      annotations,
    };
    const entry = await put(registry, repository, null, mediaTypes.manifest, content);
    manifests.push({ ...entry, platform });
  }
  const tag = `sha-${commit.slice(0, 12)}`;
  return (await put(registry, repository, tag, mediaTypes.index, { manifests, annotations })).digest;
}

async function put(
  registry: Registry,
  repository: string,
  tag: string | null,
  mediaType: string,
  content: object,
): Promise<{ mediaType: string; digest: string; size: number }> {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...content }));
  const digest = digestOf(bytes);
  await registry.putManifest(repository, tag ?? digest, bytes, mediaType);
  return { mediaType, digest, size: bytes.length };
}

export interface Job {
  readonly checkout: string;
  readonly registryPath: string;
  readonly github: GitHubStandIn;
  /** `refs/…` and the commit that it stands for. */
  readonly ref: string;
  readonly commit: string;
  readonly event?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Of the runner, over those that it sets for every job. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Done {
  readonly plans: readonly Plan[];
  readonly results: readonly RunResult[];
  /** Of the stages, and of what failed before or beside them. */
  readonly problems: readonly Problem[];
  readonly log: string;
}

/** A job of a workflow: the whole run, in this process. */
export async function job(given: Job): Promise<Done> {
  const temp = await mkdtemp(join(tmpdir(), 'operator-release-job-'));
  const lines: string[] = [];
  const plans: Plan[] = [];
  const results: RunResult[] = [];
  const problems: Problem[] = [];
  const log = {
    info: (line: string) => void lines.push(line),
    warn: (line: string) => void lines.push(line),
    debug: () => undefined,
  };
  const inputs = new Map(
    Object.entries({
      registry: given.registryPath,
      'github-token': standInToken,
      'working-directory': given.checkout,
      ...given.inputs,
    }),
  );
  const start = performance.now();
  try {
    await run({
      inputs: inputsFrom(inputs, (name) => name),
      env: {
        GITHUB_EVENT_NAME: given.event ?? 'push',
        GITHUB_REF: given.ref,
        GITHUB_SHA: given.commit,
        GITHUB_REPOSITORY: repository,
        GITHUB_API_URL: given.github.apiUrl,
        GITHUB_SERVER_URL: given.github.serverUrl,
        RUNNER_TEMP: temp,
        HOME: process.env['HOME'],
        PATH: process.env['PATH'],
        ...given.env,
      },
      reporter: {
        log,
        plan: (plan) => void plans.push(plan),
        event: () => undefined,
        finish: (_, result) => {
          if (result !== null) results.push(result);
          for (const outcome of result?.outcomes ?? []) {
            lines.push(...outcome.log);
            if (outcome.state === 'failed') problems.push(...outcome.problems);
          }
          return Promise.resolve();
        },
        fail: (found) => {
          problems.push(...found);
          return Promise.resolve();
        },
      },
      signal: given.signal ?? new AbortController().signal,
      now: () => Math.round(performance.now() - start),
      saveResources: () => undefined,
    });
  } catch (thrown) {
    problems.push(...problemsOf(thrown));
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
  return { plans, results, problems, log: lines.join('\n') };
}
