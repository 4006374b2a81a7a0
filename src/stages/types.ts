import type { TaskContext } from '../engine/graph.ts';
import type { Published } from '../engine/outcome.ts';
import type { OperatorPlan, Plan, StageName, TaskOf } from '../plan/types.ts';
import type { Exec, ExecOptions, ExecResult } from '../tools/exec.ts';
import type { GitHub } from '../github/client.ts';
import type { Git } from '../facts/git.ts';
import type { Http } from '../net/types.ts';
import type { Registry } from '../registry/types.ts';
import type { Cleanup } from '../engine/cleanup.ts';
import type { Standing } from '../plan/moving.ts';
import type { ToolName } from '../tools/versions.ts';

/** The image of one operator, on this machine, as an OCI layout. */
export interface BuiltImage {
  /** Digest of the index or manifest that users will resolve. */
  readonly digest: string;
  /** Folder of the OCI layout; for a promoted image it holds the host's platform only. */
  readonly layout: string;
  readonly platforms: readonly { readonly platform: string; readonly digest: string; readonly size: number }[];
}

export interface PackagedChart {
  readonly file: string;
  readonly sha256: string;
  /** Chart.yaml as it is in the package. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Every image that it deploys with its default values. */
  readonly images: readonly string[];
  /** Values that make the chart pull a loaded image only when it is missing. */
  readonly pullPolicyKey: string | null;
}

export interface Cluster {
  readonly name: string;
  readonly kubeconfig: string;
  readonly kubernetes: string;
}

/** What the stages of one operator hand to each other. Reading what no stage has made is a fault of the plan. */
export interface Artifacts {
  image?: BuiltImage;
  /** A promoted image on its way from the registry; several stages may ask at once. */
  promoted?: Promise<BuiltImage>;
  chart?: PackagedChart;
  installYaml?: string;
  cluster?: Cluster;
  chartDigest?: string;
  /** Images that were seen in their registries by this run. */
  resolved?: Set<string>;
}

/** The world, as far as stages may touch it. */
export interface Ports {
  readonly exec: Exec;
  readonly git: Git;
  /** Path of a program; `version` where the project asks for one. */
  readonly tool: (name: ToolName, version?: string) => Promise<string>;
  readonly cleanup: Cleanup;
  readonly standing: Standing;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Variables by which a tool finds the login of the registry. Never for the project's own commands. */
  readonly login: Readonly<Record<string, string>>;
  readonly logs: LogPlace;
}

/** Where logs are put that outlive the run. */
export interface LogPlace {
  /** Absolute: the checkout that the job has made; with `mode: reconcile` not the one that is built. */
  readonly root: string;
  /** The folder below it. */
  readonly folder: string;
}

/** What every stage has, whichever it is. */
export interface StageHost extends TaskContext {
  readonly operator: OperatorPlan;
  readonly plan: Plan;
  readonly ports: Ports;
  readonly registry: Registry;
  readonly http: Http;
  /** Null where there is no token: on a laptop. */
  readonly github: GitHub | null;
  readonly artifacts: Artifacts;
  /** What the stages of an operator of this run have made; its own included. */
  artifactsOf(operator: string): Artifacts;
  /** Absolute: the checkout, the operator's folder in it, and a folder for temporary files of this operator. */
  readonly root: string;
  readonly folder: string;
  readonly scratch: string;
  /** When the stage's time is over, as Date.now() tells the time. */
  readonly deadline: number;
  /** Runs a program in the operator's folder, its lines in the stage's log, ended by a cancel. */
  run(tool: string, args: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Path of a program that the stage needs; `version` where the project asks for one. */
  tool(name: ToolName, version?: string): Promise<string>;
  publish(published: Published): void;
}

export interface StageContext<Name extends StageName> extends StageHost {
  readonly task: TaskOf<Name>;
}

export interface Stage<Name extends StageName> {
  readonly name: Name;
  run(context: StageContext<Name>): Promise<void>;
}
