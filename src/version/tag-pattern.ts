import { Problem, raise, type Place } from '../errors.ts';
import { nearest } from './nearest.ts';
import type { Version } from './version.ts';

/** What a tag pattern needs to know of an operator; `path` is its folder from the root, `.` for the root. */
export interface TaggedOperator {
  readonly name: string;
  readonly path: string;
}

/** A checked entry of `tags.pattern`, cut at `{version}`. */
export interface TagPattern {
  readonly text: string;
  readonly before: string;
  readonly after: string;
  /** Names an operator, by `{operator}` or `{path}`; a pattern that does not is for all of them. */
  readonly perOperator: boolean;
  /** Place in the list: of two tags for one version that of the earlier pattern counts. */
  readonly rank: number;
}

const placeholders = ['{version}', '{operator}', '{path}'];

/** The default of `tags.pattern`: bare versions, and in a repository with several operators one prefix for each. */
export function defaultTagPatterns(operatorCount: number): readonly string[] {
  const bare = ['v{version}', '{version}'];
  return operatorCount > 1 ? [...bare, '{operator}/v{version}', '{operator}-v{version}', '{path}/v{version}'] : bare;
}

/**
 * Checks patterns. Throws `OR-CONFIG-TAG-PATTERN`, all faults at once. `place` gives the place of an entry in the
 * configuration file by its index.
 */
export function compileTagPatterns(texts: readonly string[], place?: (index: number) => Place): TagPattern[] {
  const bad = (message: string, hint: string, index: number): Problem =>
    new Problem('OR-CONFIG-TAG-PATTERN', message, { hint, ...(place && { at: place(index) }) });
  const problems = texts.flatMap((text, index) => {
    const fault = patternFault(text);
    return fault === null ? [] : [bad(`Tag pattern ${JSON.stringify(text)} ${fault.what}`, fault.hint, index)];
  });
  if (texts.length === 0) problems.push(bad('tags.pattern is an empty list', 'Leave it out for the defaults.', 0));
  raise(problems);
  return texts.map((text, rank) => {
    const at = text.indexOf('{version}');
    const [before, after] = [text.slice(0, at), text.slice(at + '{version}'.length)];
    return { text, before, after, perOperator: /\{(?:operator|path)\}/.test(text), rank };
  });
}

function patternFault(text: string): { what: string; hint: string } | null {
  const allowed = `Allowed are ${placeholders.join(', ')}; for example {operator}/v{version}.`;
  const found = text.match(/\{[^{}]*\}/g) ?? [];
  const unknown = found.find((placeholder) => !placeholders.includes(placeholder));
  if (unknown !== undefined) {
    const near = nearest(unknown, placeholders, (placeholder) => placeholder);
    const hint = near === null ? allowed : `Did you mean ${near}? ${allowed}`;
    return { what: `has the unknown placeholder ${unknown}`, hint };
  }
  if (/[{}]/.test(text.replace(/\{[^{}]*\}/g, ''))) return { what: 'has a brace without its partner', hint: allowed };
  const versions = found.filter((placeholder) => placeholder === '{version}').length;
  if (versions !== 1) return { what: versions === 0 ? 'has no {version}' : 'has {version} twice', hint: allowed };
  if (/\{(?:operator|path)\}\{version\}|\{version\}\{(?:operator|path)\}/.test(text)) {
    // "op" at 11.0.0 and "op1" at 1.0.0 would be the same tag.
    return { what: 'has nothing between name and version', hint: 'Put "/v" or "-v" between them.' };
  }
  // git-check-ref-format(1)
  if (/[\p{Cc} ~^:?*[\\]|\.\.|\/\/|^[/-]|\/$|\.$|@\{\{/u.test(text)) {
    return { what: 'makes names that git refuses for a tag', hint: 'See git help check-ref-format.' };
  }
  return null;
}

/** The git tag of an operator's version by a pattern; what `parse` of a tag reader reads back. */
export function formatTag(pattern: TagPattern, operator: TaggedOperator, version: Version): string {
  return fillIn(pattern.before, operator) + version.text + fillIn(pattern.after, operator);
}

/** Puts an operator's name and path into one side of a pattern. */
export function fillIn(side: string, operator: TaggedOperator): string {
  return side.replace(/\{(operator|path)\}/g, (_, key) => (key === 'path' ? operator.path : operator.name));
}
