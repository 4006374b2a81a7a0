import * as v from 'valibot';
import { key, stageKeys } from './key.ts';
import { helmPath, listOf, path, text } from './values.ts';

export const lint = v.strictObject({
  golangci: key(v.boolean(), 'golangci-lint, with the configuration and version of the project.'),
  golangciVersion: key(text, 'Version of golangci-lint. Default: the one the project names.', '2.5.0'),
  vet: key(v.boolean(), 'go vet.'),
  chart: key(v.boolean(), 'helm lint and kubeconform.'),
  dockerfile: key(v.boolean(), 'Checks of the Dockerfile.'),
  chainsaw: key(v.boolean(), 'chainsaw lint.'),
  ...stageKeys,
});

const goTest = {
  packages: key(listOf(text), "Packages to test, from the operator's folder. Default: `./...`.", './internal/...'),
  race: key(v.boolean(), 'Test with the race detector.'),
  buildTags: key(listOf(text), 'Build tags.', 'integration'),
  minCoverage: key(
    v.pipe(v.number(), v.minValue(0, 'a percentage'), v.maxValue(100, 'a percentage')),
    'Lowest coverage of all packages together, in percent, that is good enough.',
    80,
  ),
};

export const test = v.strictObject({
  unit: key(v.strictObject({ ...goTest, ...stageKeys }), 'The stage unit.'),
  integration: key(
    v.strictObject({
      ...goTest,
      envtestVersion: key(text, 'Kubernetes version of envtest. Default: the one of the k8s.io/api module.', '1.34.x'),
      ...stageKeys,
    }),
    'The stage integration: tests against envtest.',
  ),
});

export const verify = v.strictObject({
  generate: key(listOf(text), 'Commands that generate code and manifests. Default: `make manifests generate`.'),
  checks: key(v.array(v.picklist(['generated', 'crds', 'tidy', 'api'])), 'What is checked. Default: all of it.', [
    'generated',
    'tidy',
  ]),
  apiChanges: key(
    v.picklist(['error', 'warn']),
    'What a change of the API is that the version does not allow. Default: error.',
  ),
  ...stageKeys,
});

export const e2e = v.strictObject({
  runner: key(
    v.picklist(['auto', 'chainsaw', 'make', 'go', 'smoke']),
    'What runs the tests: chainsaw, `make test-e2e`, `go test`, or only the deployment and its samples (smoke).',
  ),
  deploy: key(
    v.picklist(['chart', 'make', 'kustomize', 'none']),
    'How the operator is deployed. Default: by its chart.',
  ),
  tests: key(listOf(path), 'Folders or files of the tests, from the root of the repository.', 'tests/e2e'),
  namespace: key(
    v.pipe(
      v.string(),
      v.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'a namespace: lower-case letters, digits and "-"'),
    ),
    'Namespace of the operator. Default: `<name>-system`.',
  ),
  values: key(
    v.record(helmPath, v.union([v.string(), v.number(), v.boolean()])),
    'Helm values for the deployment, by path; whatever is not a single value goes into `valuesFiles`.',
    { 'manager.replicas': 1 },
  ),
  valuesFiles: key(listOf(path), 'Values files for the deployment, from the root of the repository.'),
  upgrade: key(v.boolean(), 'Install the last released chart first, upgrade to this one, and test again.'),
  cluster: key(
    v.strictObject({
      config: key(path, 'Configuration of kind, from the root of the repository.', 'hack/kind.yaml'),
      nodeImage: key(text, 'Image of the nodes, with its digest.'),
      kubernetes: key(listOf(text), 'Versions of Kubernetes to test on, one cluster each. Quote them.', [
        '1.33',
        '1.34',
      ]),
      ...stageKeys,
    }),
    'The stage cluster: kind, or with `run` whatever leaves a kubeconfig behind.',
  ),
  ...stageKeys,
});
