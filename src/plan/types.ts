/**
 * The plan: everything that a run decides, as JSON. It holds no secret, no clock and no function; the same inputs,
 * configuration and facts give the same bytes. Stages read it and decide nothing.
 */

import type { TaskSpec } from './task-spec.ts';

export type { Candidate, E2eTests, TaskSpec } from './task-spec.ts';

/** All stages, in the order in which reports show them. */
export const stageNames = [
  'verify',
  'lint',
  'unit',
  'integration',
  'chart-check',
  'image-build',
  'chart-package',
  'bundle',
  'cluster',
  'e2e',
  'publish-image',
  'publish-chart',
  'release',
  'tags',
] as const;

export type StageName = (typeof stageNames)[number];

/** Full names `<operator>/<stage>`; the operator's name has no slash. */
export type TaskId = `${string}/${StageName}`;

export interface Plan {
  readonly schema: 1;
  readonly event: EventPlan;
  readonly signing: SigningPlan;
  readonly operators: readonly OperatorPlan[];
  /** Operators of the repository that this event does not concern, with the reason. */
  readonly unaffected: readonly { readonly name: string; readonly reason: string }[];
}

export type EventKind = 'pull_request' | 'push' | 'tag' | 'workflow_dispatch' | 'schedule' | 'local';

export interface EventPlan {
  readonly kind: EventKind;
  /** Full ref, `refs/heads/main`; for a pull request `refs/pull/7/merge`. */
  readonly ref: string;
  /** Short name of the branch or tag; `#7` for a pull request. */
  readonly refName: string;
  /** The commit that is built and published, 40 hex digits. */
  readonly sha: string;
  /** Seconds since 1970 at which `sha` was committed: `SOURCE_DATE_EPOCH` of everything built. */
  readonly commitTime: number;
  /** `owner/name` as GitHub spells it. */
  readonly repository: string;
  readonly defaultBranch: string;
  /** What this run may write outside the machine; false for pull requests, schedules and dry runs. */
  readonly publishes: boolean;
  /** Why it publishes or not, in words. */
  readonly publishReason: string;
}

/** Whether image and chart get signed provenance before their names. Addresses have no slash at the end. */
export type SigningPlan =
  | {
      readonly sign: true;
      /** Publish nothing unsigned; otherwise a job without an identity publishes unsigned. */
      readonly required: boolean;
      /** A signed list of what is in the image; with `auto` the image is published without where none can be made. */
      readonly sbom: 'auto' | 'required' | 'off';
      readonly fulcio: string;
      readonly rekor: string;
    }
  | { readonly sign: false; readonly reason: string };

export interface VersionPlan {
  readonly kind: 'release' | 'prerelease' | 'snapshot';
  /** Strict semver 2.0 without a prefix. */
  readonly text: string;
  /** Highest released version below this one, null when there is none. */
  readonly previous: string | null;
  /** The git tag of `previous`, null when there is none. */
  readonly previousTag: string | null;
}

export interface TagPlan {
  readonly tag: string;
  /** A moving tag may point elsewhere later; the others never change once they are there. */
  readonly moving: boolean;
  readonly reason: string;
}

export interface ImagePlan {
  /** `host[:port]/path`, lower case, without tag. */
  readonly repository: string;
  /** `buildx` with the Dockerfile, `ko` where there is no Dockerfile or no Docker. */
  readonly builder: 'buildx' | 'ko';
  /** Paths from the repository's root; null with ko. */
  readonly dockerfile: string | null;
  readonly context: string;
  /** Stage of the Dockerfile to build; null for the last one, and with ko. */
  readonly target: string | null;
  /** Go package of the main program, from the operator's folder; for ko. */
  readonly mainPackage: string;
  readonly platforms: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
  /** The digest that was built for this commit and published after its tests: nothing is built then. */
  readonly promote: { readonly tag: string; readonly digest: string } | null;
  /** The tag that charts and manifests name beside the digest. */
  readonly deployedTag: string;
  readonly tags: readonly TagPlan[];
  readonly skippedTags: readonly { readonly tag: string; readonly reason: string }[];
}

export interface ChartPlan {
  /** Folder of the chart, from the repository's root. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  /** `host[:port]/path/<name>`, lower case, without `oci://` and tag. */
  readonly repository: string;
  /** The package that a leg of the matrix tested for this commit and version: nothing is packed then. */
  readonly promote: { readonly tag: string; readonly digest: string } | null;
}

/** A section of release notes, and what belongs to it. */
export interface NotesSection {
  readonly title: string;
  /** Labels of pull requests, in any case; `*` for all that are left. */
  readonly labels: readonly string[];
  /** Types of conventional commits, lower case. */
  readonly types: readonly string[];
  /** What does not belong to it although it fits. */
  readonly exclude: { readonly labels: readonly string[]; readonly authors: readonly string[] };
}

/** What the notes of a release are made of. */
export interface NotesPlan {
  /** Files and folders, from the repository's root, whose changes are the operator's; `.` for all. */
  readonly paths: readonly string[];
  /** Folders below them that are other operators' alone. */
  readonly without: readonly string[];
  /** Folders that hold CustomResourceDefinitions, those that count first. */
  readonly crds: readonly string[];
  /** Where `sections` comes from: the configuration, GitHub's own file, or null for sections by the usual types and labels. */
  readonly by: string | null;
  /** Empty: the usual ones. */
  readonly sections: readonly NotesSection[];
  readonly exclude: {
    readonly labels: readonly string[];
    readonly authors: readonly string[];
    readonly types: readonly string[];
  };
}

export interface ReleasePlan {
  /** The git tag that the release belongs to; it exists already. */
  readonly tag: string;
  readonly title: string;
  readonly prerelease: boolean;
  readonly makeLatest: boolean;
  readonly latestReason: string;
  /** What the tag has to be before it releases. */
  readonly origin: {
    /** Globs of branches, on one of which its commit is; null: on any. */
    readonly branches: readonly string[] | null;
    /** A rule of the repository protects it. */
    readonly protected: boolean;
  };
  readonly notes: NotesPlan;
}

interface TaskBase {
  readonly id: TaskId;
  readonly needs: readonly TaskId[];
  /** `remote` tasks change registry or GitHub; a dry run leaves them out. */
  readonly effect: 'none' | 'local' | 'remote';
  /** Commands of the project instead of, before and after what the stage does; run with bash in the operator's folder. */
  readonly commands: {
    readonly run: readonly string[] | null;
    readonly before: readonly string[];
    readonly after: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  };
  readonly timeoutMs: number;
}

export type TaskPlan = TaskBase & TaskSpec;
export type TaskOf<Name extends StageName> = TaskBase & Extract<TaskSpec, { readonly stage: Name }>;

export interface OperatorPlan {
  readonly name: string;
  /** Folder from the repository's root, `.` for the root. */
  readonly path: string;
  /** Labels of the runner for its leg of a matrix; at least one. */
  readonly runner: readonly string[];
  readonly affected: { readonly by: readonly string[] };
  readonly version: VersionPlan;
  readonly image: ImagePlan | null;
  readonly chart: ChartPlan | null;
  readonly release: ReleasePlan | null;
  readonly tasks: readonly TaskPlan[];
  readonly skipped: readonly { readonly stage: StageName; readonly reason: string }[];
}
