import { Problem } from '../errors.ts';
import type { OperatorFacts } from '../facts/types.ts';
import type { Inputs } from '../inputs.ts';
import { list } from '../report/text.ts';
import { formatTag } from '../version/tag-pattern.ts';
import type { TagPattern } from '../version/tag-pattern.ts';
import type { TagReader } from '../version/tag-reader.ts';
import { parseVersion } from '../version/version.ts';
import type { Version } from '../version/version.ts';
import type { ReleaseSubject, SubjectFacts } from './subjects.ts';

const namesOne = 'name one operator in the input operators';

/**
 * The input `version`: the release whose tag exists already, or one to come, which can only be rehearsed. Null without it.
 * Errors: OR-RELEASE-VERSION when no tag could mean that version of the operators asked for.
 */
export function releaseOfVersion(
  inputs: Pick<Inputs, 'version' | 'operators'>,
  facts: SubjectFacts,
  patterns: readonly TagPattern[],
  reader: TagReader,
): ReleaseSubject | null {
  const version = parseVersion(inputs.version ?? '');
  if (version === null) return null;
  const tags = new Set(facts.tags);
  const asked = inputs.operators;
  const concerned = facts.operators.filter((operator) => asked.length === 0 || asked.includes(operator.name));
  const fitting = patterns.filter((pattern) => (concerned.length === 1 ? true : !pattern.perOperator));
  const [first] = concerned;
  const candidates = fitting.flatMap((pattern) =>
    first === undefined ? [] : [{ pattern, tag: formatTag(pattern, first, version) }],
  );
  // Of a tag that is still to come: who names one operator of several means that one alone.
  const chosen =
    candidates.find((candidate) => tags.has(candidate.tag)) ??
    candidates.find(({ pattern }) => facts.operators.length > 1 && pattern.perOperator) ??
    candidates[0];
  const tagExists = chosen !== undefined && tags.has(chosen.tag);
  const otherTags = tagExists ? [] : tagsOf(version, concerned, facts.tags, reader);
  if (chosen === undefined) throw noCommonTag(version, concerned, patterns, otherTags);
  return {
    version,
    tag: chosen.tag,
    tagExists,
    otherTags,
    operators: chosen.pattern.perOperator
      ? concerned.map((operator) => operator.name)
      : facts.operators.map((operator) => operator.name),
    lockstep: !chosen.pattern.perOperator && facts.operators.length > 1,
    pattern: chosen.pattern.text,
  };
}

/** The run of a tag is about that tag; what else it is asked for would be dropped. Errors: OR-RELEASE-VERSION. */
export function checkSameVersion(asked: string | undefined, tag: string, release: ReleaseSubject | null): void {
  if (asked === undefined || parseVersion(asked)?.text === release?.version.text) return;
  throw new Problem('OR-RELEASE-VERSION', `this run is of the tag ${tag}, and the input version asks for ${asked}`, {
    hint: 'leave the input version empty in runs of tags; the tag of a version releases it',
  });
}

/** A common tag would release all operators, also those that have this version already: that is not what was asked for. */
export function missingTag({ tag, otherTags }: ReleaseSubject): Problem {
  return new Problem('OR-RELEASE-TAG-MISSING', `there is no tag ${tag} to release`, {
    hint:
      otherTags.length > 0
        ? `${thereAre(otherTags)}: ${namesOne}`
        : `git tag ${tag} && git push origin ${tag}, or set dry-run for a rehearsal`,
  });
}

function noCommonTag(
  version: Version,
  concerned: readonly OperatorFacts[],
  patterns: readonly TagPattern[],
  tags: readonly string[],
): Problem {
  const names = list(
    concerned.map(({ name }) => name),
    5,
  );
  const texts = list(
    patterns.map(({ text }) => text),
    5,
  );
  return new Problem(
    'OR-RELEASE-VERSION',
    `no tag releases ${version.text} of ${names} together, as tags are ${texts}`,
    { hint: `${namesOne}${tags.length > 0 ? `; ${thereAre(tags)}` : ''}` },
  );
}

function tagsOf(
  version: Version,
  concerned: readonly OperatorFacts[],
  tags: readonly string[],
  reader: TagReader,
): readonly string[] {
  const names = new Set(concerned.map(({ name }) => name));
  const isOne = (tag: string): boolean => {
    // Cheaper than to read each of thousands.
    const parsed = tag.includes(version.text) ? reader.release(tag) : null;
    return parsed?.version.text === version.text && parsed.operators.some((name) => names.has(name));
  };
  return tags.filter(isOne).sort();
}

function thereAre(tags: readonly string[]): string {
  return `there ${tags.length === 1 ? 'is' : 'are'} ${list(tags, 5)}`;
}
