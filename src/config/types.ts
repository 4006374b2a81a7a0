import type * as v from 'valibot';
import type { configSchema } from './schema.ts';

/** Frozen all the way down. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

type Read = v.InferOutput<typeof configSchema>;

/** Settings of one operator. A key that nobody wrote is undefined: the plan decides then. Durations are in ms. */
export type OperatorSettings = DeepReadonly<NonNullable<Read['defaults']>>;
export type OperatorConfig = OperatorSettings & { readonly name: string; readonly path?: string };

/** The configuration file, checked, with `defaults` merged into each of `operators`. */
export interface Config {
  /** `host[:port]/path`, lower case. */
  readonly registry?: string;
  /** `host[:port]/path`, lower case; chart names are added to it. */
  readonly charts?: string;
  readonly primary?: string;
  readonly tags: DeepReadonly<NonNullable<Read['tags']>>;
  readonly sign?: DeepReadonly<NonNullable<Read['sign']>>;
  /** For operators that discovery finds and `operators` does not name. */
  readonly defaults: OperatorSettings;
  readonly operators: readonly OperatorConfig[];
}

export type ImageSettings = NonNullable<OperatorSettings['image']>;
export type ChartSettings = NonNullable<OperatorSettings['chart']>;
export type LintSettings = NonNullable<OperatorSettings['lint']>;
export type TestSettings = NonNullable<OperatorSettings['test']>;
export type VerifySettings = NonNullable<OperatorSettings['verify']>;
export type E2eSettings = NonNullable<OperatorSettings['e2e']>;
export type BundleSettings = NonNullable<OperatorSettings['bundle']>;
export type ReleaseSettings = NonNullable<OperatorSettings['release']>;

/** What the configuration says of a stage, the same for all stages. */
export interface StageSettings {
  /** In place of the stage's own work; undefined where nothing replaces it. */
  readonly run: readonly string[] | undefined;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Undefined: the plan decides. */
  readonly enabled: boolean | undefined;
  readonly timeoutMs: number | undefined;
  readonly env: Readonly<Record<string, string>>;
}
