import type { OperatorSettings } from '../config/types.ts';
import type { Changes } from './changes.ts';
import type { OperatorFolder } from './discover.ts';
import type { DockerfileStage } from './dockerfile.ts';
import type { EventFacts } from './event.ts';
import type { ModuleGraph } from './modules.ts';

/** One operator, as the repository and the configuration have it; nothing is decided yet. */
export interface OperatorFacts extends OperatorFolder {
  readonly settings: OperatorSettings;
  readonly makeTargets: readonly string[];
  /** Null when the operator has no Dockerfile, or the one that the configuration names is missing. */
  readonly dockerfileStages: readonly DockerfileStage[] | null;
  /** Chart.yaml, null without a chart. */
  readonly chartMetadata: Readonly<Record<string, unknown>> | null;
  /** True when the project's end-to-end tests build an image of their own. */
  readonly e2eBuildsImage: boolean;
}

/** What only some events need to know of an operator. */
export interface OperatorHistory {
  /** Commits since its last release; null when nobody can tell. */
  readonly commits: number | null;
  /** The digest that was published for this commit after its tests. */
  readonly promotable: { readonly tag: string; readonly digest: string } | null;
}

/** The world at the start of a run, read once. */
export interface Facts {
  readonly event: EventFacts & { readonly sha: string; readonly commitTime: number };
  /** `owner/name`. */
  readonly repository: string;
  readonly defaultBranch: string;
  readonly operators: readonly OperatorFacts[];
  readonly modules: ModuleGraph;
  /** Folders of the modules that go.work makes one workspace of. */
  readonly workspace: readonly string[];
  readonly changes: Changes;
  /** Every git tag of the repository. */
  readonly tags: readonly string[];
  /** Those of them that the branch of the run does not come after; empty for a release, which is compared with all. */
  readonly elsewhere: ReadonlySet<string>;
  /** Git tags of published GitHub Releases, as many of them as decide the plan; null where GitHub was not asked. */
  readonly releasedTags: readonly string[] | null;
  /** Of the newest releases some are immutable. */
  readonly immutableReleases: boolean;
  /** GitHub's own configuration of release notes, `.github/release.yml`; null without one. */
  readonly releaseYaml: { readonly file: string; readonly text: string } | null;
  readonly histories: ReadonlyMap<string, OperatorHistory>;
  readonly host: {
    readonly platform: string;
    /** Why there is no Docker engine; null when there is one. */
    readonly dockerMissing: string | null;
  };
}
