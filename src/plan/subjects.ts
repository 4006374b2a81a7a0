import type { Config } from '../config/types.ts';
import { Problem } from '../errors.ts';
import type { Facts, OperatorFacts } from '../facts/types.ts';
import type { Inputs } from '../inputs.ts';
import { nearest } from '../version/nearest.ts';
import { compileTagPatterns, defaultTagPatterns } from '../version/tag-pattern.ts';
import type { TaggedOperator, TagPattern } from '../version/tag-pattern.ts';
import { tagReader } from '../version/tag-reader.ts';
import type { TagReader } from '../version/tag-reader.ts';
import type { Version } from '../version/version.ts';
import { affectedBy } from './affected.ts';
import { checkSameVersion, releaseOfVersion } from './asked-version.ts';
import { commonModules } from './common.ts';

/** The release that a run is about. */
export interface ReleaseSubject {
  readonly version: Version;
  /** The git tag; in a rehearsal it may not exist yet. */
  readonly tag: string;
  readonly tagExists: boolean;
  /** Where it does not: tags of this version that there are, of some of the operators asked for. */
  readonly otherTags: readonly string[];
  readonly operators: readonly string[];
  readonly lockstep: boolean;
  readonly pattern: string;
}

/** An operator that a run is about. */
export interface Concerned {
  readonly facts: OperatorFacts;
  /** Why, as files or reasons. */
  readonly by: readonly string[];
  /** Folders of common Go modules that are tested with it. */
  readonly common: readonly string[];
}

export interface Subjects {
  readonly operators: readonly Concerned[];
  readonly unaffected: readonly { readonly name: string; readonly reason: string }[];
  readonly release: ReleaseSubject | null;
  readonly reader: TagReader;
}

/** The facts that subjects depend on; histories are read only for those that are chosen. */
export type SubjectFacts = Pick<Facts, 'event' | 'operators' | 'modules' | 'workspace' | 'changes' | 'tags'>;

/**
 * Which operators a run is about, by what, and which release. Pure.
 * Errors: OR-TAG-* for a tag that looks like a release and is none, OR-OPERATOR-UNKNOWN, OR-OPERATOR-NONE,
 * OR-RELEASE-VERSION for an input `version` that names no release.
 */
export function selectSubjects(inputs: Inputs, config: Config, facts: SubjectFacts): Subjects {
  const patterns = patternsOf(config, facts.operators);
  const reader = tagReader(patterns, facts.operators);
  if (facts.operators.length === 0) {
    throw new Problem('OR-OPERATOR-NONE', 'no operator was found in this repository', {
      hint: `an operator is a folder with kubebuilder's PROJECT file, or a Go main beside a chart or CRDs; name others in ${inputs.config}`,
    });
  }
  checkNames(inputs.operators, facts.operators);
  const release = releaseOf(inputs, facts, patterns, reader);
  // A common tag is finished for all of its operators or for none.
  const asked = new Set(inputs.mode === 'finish' && release?.lockstep === true ? [] : inputs.operators);
  const affected = affectedBy(facts.changes, facts.operators.map(watched), facts.modules, inputs.config);
  const common = commonModules(facts, concernedBy(release, affected), inputs.config);
  const operators: Concerned[] = [];
  const unaffected: { name: string; reason: string }[] = [];
  for (const operator of facts.operators) {
    const by = reasonsFor(operator.name, asked, release, affected);
    if (typeof by === 'string') unaffected.push({ name: operator.name, reason: by });
    else operators.push({ facts: operator, by, common: common.get(operator.name) ?? [] });
  }
  return { operators, unaffected, release, reader };
}

/** What an event is about, before anybody asks for some of it only. */
function concernedBy(
  release: ReleaseSubject | null,
  affected: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  return new Set(release?.operators ?? [...affected].filter(([, by]) => by.length > 0).map(([name]) => name));
}

/** What a git tag of the repository releases. */
export function readerOf(config: Config, operators: readonly TaggedOperator[]): TagReader {
  return tagReader(patternsOf(config, operators), operators);
}

function patternsOf(config: Config, operators: readonly TaggedOperator[]): readonly TagPattern[] {
  return compileTagPatterns(config.tags.pattern ?? defaultTagPatterns(operators.length));
}

/** By what an operator is concerned, or in one text why it is not. */
function reasonsFor(
  name: string,
  asked: ReadonlySet<string>,
  release: ReleaseSubject | null,
  affected: ReadonlyMap<string, readonly string[]>,
): readonly string[] | string {
  if (asked.size > 0 && !asked.has(name)) return 'not named by the input operators';
  if (release !== null) {
    return release.operators.includes(name)
      ? [`tag ${release.tag} (pattern ${release.pattern})`]
      : 'not named by this tag';
  }
  if (asked.size > 0) return ['named by the input operators'];
  const by = affected.get(name) ?? [];
  return by.length > 0 ? by : 'nothing that it is made of has changed';
}

function watched(operator: OperatorFacts): {
  name: string;
  path: string;
  inputs: readonly string[];
  watch: readonly string[];
} {
  const inputs = [operator.dockerfile, operator.chartPath].filter((path) => path !== null);
  return { name: operator.name, path: operator.path, inputs, watch: operator.settings.watch ?? [] };
}

function checkNames(asked: readonly string[], operators: readonly OperatorFacts[]): void {
  const names = operators.map((operator) => operator.name);
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, names, (name) => name);
  throw new Problem(
    'OR-OPERATOR-UNKNOWN',
    `the input operators names "${unknown}", which is no operator of this repository`,
    {
      hint: `${near === null ? '' : `did you mean "${near}"? `}There are: ${names.join(', ')}`,
    },
  );
}

function releaseOf(
  inputs: Inputs,
  facts: SubjectFacts,
  patterns: readonly TagPattern[],
  reader: TagReader,
): ReleaseSubject | null {
  if (facts.event.kind !== 'tag') return releaseOfVersion(inputs, facts, patterns, reader);
  const release = releaseOfTag(facts.event.refName, reader);
  checkSameVersion(inputs.version, facts.event.refName, release);
  return release;
}

function releaseOfTag(tag: string, reader: TagReader): ReleaseSubject | null {
  const parsed = reader.parse(tag);
  if (parsed.kind === 'attempt') throw parsed.problem;
  if (parsed.kind === 'none') return null;
  const { version, operators, lockstep, pattern } = parsed;
  return { version, tag, tagExists: true, otherTags: [], operators, lockstep, pattern: pattern.text };
}
