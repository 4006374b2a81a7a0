import type { Place, Problem } from '../errors.ts';
import type { StageName, TaskId } from '../plan/types.ts';

/** A finding with a place; becomes an annotation. */
export interface Finding {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  readonly at?: Place;
}

/** How a task ended. `startMs` counts from the start of the run; `ms` is its duration. */
export type Outcome = OutcomeBase &
  (
    | { readonly state: 'done' }
    | { readonly state: 'failed'; readonly problems: readonly Problem[] }
    | { readonly state: 'blocked'; readonly by: readonly TaskId[] }
    | { readonly state: 'skipped'; readonly reason: string }
    | { readonly state: 'cancelled' }
  );

interface OutcomeBase {
  readonly id: TaskId;
  readonly operator: string;
  readonly stage: StageName;
  readonly startMs: number;
  readonly ms: number;
  /** A few words on the result for tables: `214 tests, 81.2 %`. Empty when there is nothing to say. */
  readonly note: string;
  readonly findings: readonly Finding[];
  /** Lines of Markdown for the summary's details; empty when there are none. */
  readonly details: readonly string[];
  readonly log: readonly string[];
}

/** A name that users can resolve, with what it points to. */
export interface Published {
  readonly operator: string;
  readonly kind: 'image' | 'chart' | 'release' | 'asset' | 'tag' | 'attestation';
  /** Reference or URL: `ghcr.io/o/op:v1.2.3`, `oci://…:1.2.3`, a release's page; of an attestation what it is about, by digest. */
  readonly name: string;
  readonly digest: string | null;
  /** GitHub's number of a release. */
  readonly id?: number;
  /** Where an asset lies on this machine. */
  readonly file?: string;
  /** False when it was there already with the same content. */
  readonly written: boolean;
}

/** All that a report is made of, beside the plan. */
export interface RunResult {
  readonly outcomes: readonly Outcome[];
  readonly published: readonly Published[];
  readonly ms: number;
  readonly cancelled: boolean;
}
