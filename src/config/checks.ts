import * as v from 'valibot';
import { aroundKeys, key, stageKeys } from './key.ts';
import { buildTag, helmPath, kubernetes, listOf, packages, path, release, text } from './values.ts';

export const lint = v.strictObject({
  golangci: key(v.boolean(), 'Whether golangci-lint runs, with the configuration of the project. Default: true.'),
  golangciVersion: key(
    release,
    'Version of golangci-lint. Default: the one on PATH where it fits, else one that is downloaded.',
    '2.5.0',
  ),
  vet: key(v.boolean(), 'Whether go vet runs. Default: true.'),
  chart: key(v.boolean(), 'Whether helm lint runs. Default: true.'),
  dockerfile: key(
    v.boolean(),
    'Whether the Dockerfile is looked through for what an operator should not be: root, deaf to SIGTERM, on a base that moves. It only warns. Default: true.',
  ),
  ...stageKeys,
});

const goTest = {
  packages: key(
    listOf(packages, 1),
    "Packages to test, from the operator's folder. Default: `./...`, and those of common modules in `go.work` that changed and no earlier operator tests. Those whose tests import envtest belong to integration, the others to unit, and those in a folder `e2e` to neither.",
    './internal/...',
  ),
  race: key(v.boolean(), 'Test with the race detector, which needs a C compiler. Default: false.'),
  buildTags: key(listOf(buildTag), 'Build tags.', 'integration'),
  minCoverage: key(
    v.pipe(v.number(), v.minValue(0, 'a percentage from 0 to 100'), v.maxValue(100, 'a percentage from 0 to 100')),
    'Lowest coverage of the tested packages together, in percent, that is good enough. Without any test the coverage is 0.',
    80,
  ),
};

export const test = v.strictObject({
  unit: key(v.strictObject({ ...goTest, ...stageKeys }), 'The stage unit.'),
  integration: key(
    v.strictObject({
      ...goTest,
      envtestVersion: key(
        kubernetes,
        'Kubernetes version of envtest, which setup-envtest then gets whatever KUBEBUILDER_ASSETS says. Default: KUBEBUILDER_ASSETS, else the version of the k8s.io/api module.',
        '1.34.x',
      ),
      ...stageKeys,
    }),
    'The stage integration: tests against envtest.',
  ),
});

export const verify = v.strictObject({
  generate: key(
    listOf(text, 1),
    "Commands that generate code and manifests; in a copy of the operator's folder they must change nothing. Default: `make manifests generate`, as far as the Makefile has these targets.",
    ['make manifests generate', 'make docs'],
  ),
  checks: key(
    v.pipe(v.array(v.picklist(['generated', 'tidy', 'api'])), v.minLength(1, 'at least one check')),
    'What is checked: that what `generate` makes is fresh, that go.mod is tidy, and that no CRD breaks the API of the previous release in a release that is not a major one. Default: all of them.',
    ['tidy'],
  ),
  ...stageKeys,
});

export const e2e = v.strictObject({
  runner: key(
    v.picklist(['auto', 'chainsaw', 'make', 'go', 'smoke']),
    'What runs the tests: chainsaw, `make test-e2e`, `go test`, or only the deployment and its samples (smoke). Default: auto, what the repository has of these.',
  ),
  tests: key(
    path,
    'Folder of the tests for chainsaw or `go test`, from the root of the repository. Default: where they are found.',
    'tests/e2e',
  ),
  namespace: key(
    v.pipe(
      v.string(),
      v.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'a namespace: lower-case letters, digits and "-"'),
    ),
    'Namespace of the operator. Default: `<name>-system`.',
  ),
  values: key(
    v.record(helmPath, v.union([v.string(), v.number(), v.boolean()])),
    'Helm values for the deployment, by path.',
    { 'manager.replicas': 1 },
  ),
  cluster: key(
    v.strictObject({
      config: key(path, 'Configuration of kind, from the root of the repository.', 'hack/kind.yaml'),
      nodeImage: key(text, 'Image of the nodes, with its digest.'),
      ...aroundKeys,
    }),
    'The stage cluster: kind.',
  ),
  ...stageKeys,
  run: key(
    listOf(text, 1),
    "Commands that replace the tests, once the operator is deployed, with `bash -euo pipefail` in the operator's folder. `KUBECONFIG`, `KIND_CLUSTER`, `NAMESPACE` and `IMG` are set.",
    'make test-e2e',
  ),
});
