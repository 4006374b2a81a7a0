import { Problem } from '../errors.ts';
import { explainOtherTag, type OtherTag } from './tag-attempt.ts';
import { fillIn, type TaggedOperator, type TagPattern } from './tag-pattern.ts';
import { parseVersion, type Version } from './version.ts';

/** A tag that releases one operator, or all of them together (`lockstep`: a bare version in a monorepo). */
export interface ReleaseTag {
  readonly kind: 'release';
  readonly operators: readonly string[];
  readonly lockstep: boolean;
  readonly version: Version;
  readonly pattern: TagPattern;
}

/** `attempt`: looks like a release's tag and is none; the problem says what fits. `none`: not ours. */
export type ParsedTag = ReleaseTag | OtherTag;

/** Reads tags by the same patterns and operators; made once, then each tag costs its own length only. */
export interface TagReader {
  /** `tag` without `refs/tags/`. */
  parse(tag: string): ParsedTag;
  /** Like `parse`, without the effort to explain what is no release. */
  release(tag: string): ReleaseTag | null;
}

/** What stands around the version, with the names filled in. */
interface Form {
  readonly pattern: TagPattern;
  readonly before: string;
  readonly after: string;
  readonly operators: readonly string[];
}

interface Match {
  readonly form: Form;
  readonly version: Version;
}

/** The reader that was made last: facts and plan of a run read the same tags for the same operators. */
let last: { readonly key: string; readonly reader: TagReader } | null = null;

/**
 * A reader for a repository's tags. Where several forms fit, the longest literal text around the version wins, so
 * `op-v2-v1.0.0` is operator `op-v2` and never `op`; between equally long ones of one operator the first pattern. A tag
 * that names two operators is refused: it releases neither.
 */
export function tagReader(patterns: readonly TagPattern[], operators: readonly TaggedOperator[]): TagReader {
  const key = JSON.stringify([patterns.map(({ text }) => text), operators.map(({ name, path }) => [name, path])]);
  if (last?.key !== key) last = { key, reader: newReader(patterns, operators) };
  return last.reader;
}

function newReader(patterns: readonly TagPattern[], operators: readonly TaggedOperator[]): TagReader {
  const forms = new Map<string, Form[]>();
  let longestBefore = 0;
  for (const form of patterns.flatMap((pattern) => formsOf(pattern, operators))) {
    const same = forms.get(form.before);
    if (same === undefined) forms.set(form.before, [form]);
    else same.push(form);
    longestBefore = Math.max(longestBefore, form.before.length);
  }

  const matches = (tag: string): Match[] => {
    const found: Match[] = [];
    // A version starts with a digit, so only what stands before a digit can be a form's first part.
    for (let at = 0; at <= longestBefore && at < tag.length; at++) {
      if (!isDigit(tag.charCodeAt(at))) continue;
      for (const form of forms.get(tag.slice(0, at)) ?? []) {
        if (!tag.endsWith(form.after)) continue;
        const version = parseVersion(tag.slice(at, tag.length - form.after.length));
        if (version !== null) found.push({ form, version });
      }
    }
    return longest(found);
  };

  const known = new Map<string, ReleaseTag | null>();
  const read = (tag: string): ReleaseTag | null => {
    const found = matches(tag);
    return found[0] === undefined || !sameOperators(found) ? null : toRelease(found[0], operators.length);
  };

  return {
    release(tag) {
      let release = known.get(tag);
      if (release === undefined) known.set(tag, (release = read(tag)));
      return release;
    },
    parse(tag) {
      const found = matches(tag);
      if (!sameOperators(found)) return ambiguous(tag, found);
      return found[0] === undefined ? explainOtherTag(tag, patterns, operators) : toRelease(found[0], operators.length);
    },
  };
}

/** One tag read; a `tagReader` made once is for many. */
export function parseTag(
  tag: string,
  patterns: readonly TagPattern[],
  operators: readonly TaggedOperator[],
): ParsedTag {
  return tagReader(patterns, operators).parse(tag);
}

function formsOf(pattern: TagPattern, operators: readonly TaggedOperator[]): Form[] {
  if (!pattern.perOperator) {
    const { before, after } = pattern;
    return operators.length === 0 ? [] : [{ pattern, before, after, operators: operators.map(({ name }) => name) }];
  }
  // An operator in the root has no path to be tagged with.
  const tagged = operators.filter(({ path }) => path !== '.' || !pattern.text.includes('{path}'));
  return tagged.map((operator) => {
    const { before, after } = pattern;
    return { pattern, before: fillIn(before, operator), after: fillIn(after, operator), operators: [operator.name] };
  });
}

function longest(found: Match[]): Match[] {
  if (found.length < 2) return found;
  const literal = ({ form }: Match): number => form.before.length + form.after.length;
  const most = Math.max(...found.map(literal));
  return found.filter((match) => literal(match) === most);
}

function sameOperators(found: readonly Match[]): boolean {
  const [first, ...others] = found.map(({ form }) => form.operators);
  return others.every((names) => names.length === first?.length && names.every((name, at) => name === first[at]));
}

function toRelease({ form, version }: Match, operatorCount: number): ReleaseTag {
  const { pattern, operators } = form;
  return { kind: 'release', operators, lockstep: !pattern.perOperator && operatorCount > 1, version, pattern };
}

function ambiguous(tag: string, found: readonly Match[]): OtherTag {
  const named = found.map(({ form }) => `${form.operators.join(', ')} (${form.pattern.text})`);
  const problem = new Problem('OR-TAG-AMBIGUOUS', `Tag "${tag}" names several operators: ${named.join(' and ')}`, {
    hint: 'Set tags.pattern so that each tag names one operator.',
  });
  return { kind: 'attempt', problem };
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
