/**
 * What tests a deployed operator, beside its readiness, when `commands.run` does not. Folders count from the repository's
 * root, packages from the operator's folder.
 */
export type E2eTests =
  | { readonly kind: 'chainsaw'; readonly folder: string }
  | { readonly kind: 'make'; readonly target: string }
  | { readonly kind: 'go'; readonly package: string }
  | { readonly kind: 'smoke' };

/** How `go test` is to run. */
interface GoTestSpec {
  /** Patterns of packages, from the operator's folder; null for all of the module. */
  readonly packages: readonly string[] | null;
  readonly race: boolean;
  readonly buildTags: readonly string[];
  /** Percent of the statements of the tested packages; null for no limit. */
  readonly minCoverage: number | null;
}

/**
 * The tag under which a leg of a matrix leaves what it tested, for `mode: finish` to give it its version when all legs are
 * green; null in a run that names it itself.
 */
export type Candidate = string | null;

/** What a stage needs to know beside the operator's image, chart and release. Paths count from the repository's root. */
export type TaskSpec =
  | {
      readonly stage: 'verify';
      /** Whether go.mod has to be tidy. */
      readonly tidy: boolean;
      /** Commands that must change no file; none: nothing is generated. */
      readonly generate: readonly string[];
      /** Folders of CRDs to hold against the same ones at a tag, the previous release's; null for no comparison. */
      readonly api: { readonly since: string; readonly folders: readonly string[] } | null;
    }
  | {
      readonly stage: 'lint';
      readonly golangci: boolean;
      /** The one version that the project asks for; null for any that is supported. */
      readonly golangciVersion: string | null;
      readonly vet: boolean;
      /** Chart for `helm lint`; null for none. */
      readonly chart: string | null;
      /** Dockerfile to look through, and the stage of it that is built; null for none. */
      readonly dockerfile: { readonly path: string; readonly target: string | null } | null;
    }
  | ({ readonly stage: 'unit' } & GoTestSpec)
  | ({
      readonly stage: 'integration';
      /** Version of Kubernetes, as setup-envtest takes it; null for what is there, or fits go.mod. */
      readonly envtestVersion: string | null;
    } & GoTestSpec)
  | {
      readonly stage: 'chart-check';
      readonly chart: string;
      readonly crds: readonly string[];
      /** Parts that the chart leaves out on purpose. */
      readonly allowMissing: readonly ('crds' | 'workload')[];
    }
  | { readonly stage: 'image-build' }
  | { readonly stage: 'chart-package'; readonly imageValues: string | null }
  | { readonly stage: 'bundle'; readonly kustomize: string | null }
  | { readonly stage: 'cluster'; readonly nodeImage: string | null; readonly config: string | null }
  | {
      readonly stage: 'e2e';
      readonly tests: E2eTests;
      /** Why these tests and no others, in words. */
      readonly testsReason: string;
      readonly samples: readonly string[];
      readonly namespace: string;
      readonly values: Readonly<Record<string, string | number | boolean>>;
    }
  | { readonly stage: 'publish-image'; readonly candidate: Candidate }
  | { readonly stage: 'publish-chart'; readonly candidate: Candidate }
  | { readonly stage: 'release'; readonly assets: readonly string[] }
  | { readonly stage: 'tags' };
