import * as v from 'valibot';
import { Problem, Problems, raise } from '../errors.ts';
import type { Place } from '../errors.ts';
import { compileTagPatterns } from '../version/tag-pattern.ts';
import { checkTagPrefix } from '../version/oci-tag.ts';
import { explain, placeOf, problemAt } from './explain.ts';
import type { Source } from './explain.ts';
import { deepFreeze, merge } from './merge.ts';
import { configSchema } from './schema.ts';
import type { Config } from './types.ts';
import { parseYaml } from './yaml.ts';

/** Where the file is, from the root of the repository, when the input `config` says nothing else. */
export const defaultConfigFile = '.github/operator-release.yaml';

/** What holds without a file. */
export const emptyConfig: Config = deepFreeze({ tags: {}, defaults: {}, operators: [] });

/**
 * Reads the configuration. `file` is only named in problems. An empty file says nothing, which is fine.
 * Errors: `Problem` OR-CONFIG-YAML, OR-CONFIG-KEY, OR-CONFIG-VALUE with line and column, all of them together.
 */
export function loadConfig(text: string, file: string = defaultConfigFile): Config {
  const root = parseYaml(text, file);
  if (root === undefined) return emptyConfig;
  const source: Source = { text: text.replace(/^\uFEFF/, ''), file, root };
  const read = v.safeParse(configSchema, root.value);
  raise(explain(configSchema, read.issues ?? [], source));
  if (!read.success) throw new Error('the schema refused the configuration without a reason');
  raise([...duplicates(read.output.operators ?? [], source), ...tagProblems(read.output.tags ?? {}, source)]);
  const { registry, charts, primary, sign, tags = {}, defaults = {}, operators = [] } = read.output;
  return deepFreeze<Config>({
    ...(registry === undefined ? {} : { registry }),
    ...(charts === undefined ? {} : { charts }),
    ...(primary === undefined ? {} : { primary }),
    ...(sign === undefined ? {} : { sign }),
    tags,
    defaults,
    operators: operators.map((operator) => ({ ...merge(defaults, operator), name: operator.name })),
  });
}

/** Where something stands in a file that was read without a problem. */
export function placeIn(text: string, file: string, path: readonly (string | number)[]): Place {
  const root = parseYaml(text, file);
  return root === undefined ? { file } : placeOf({ text: text.replace(/^\uFEFF/, ''), file, root }, path);
}

/** Rules for git tags and image tags that no pattern of the schema holds; here they get their place. */
function tagProblems({ pattern, prefix }: Config['tags'], source: Source): Problem[] {
  return [
    ...(pattern === undefined
      ? []
      : problemsOf(() => compileTagPatterns(pattern, (index) => placeOf(source, ['tags', 'pattern', index])))),
    ...(prefix === undefined ? [] : problemsOf(() => checkTagPrefix(prefix))).map(
      ({ code, message, hint }) =>
        new Problem(code, message, {
          at: placeOf(source, ['tags', 'prefix']),
          ...(hint === undefined ? {} : { hint }),
        }),
    ),
  ];
}

function problemsOf(check: () => unknown): readonly Problem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof Problems) return error.problems;
    if (error instanceof Problem) return [error];
    throw error;
  }
}

function duplicates(operators: readonly { readonly name: string }[], source: Source): Problem[] {
  const seen = new Set<string>();
  return operators.flatMap(({ name }, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const hint = 'give it another name, or merge it with the one above';
    return [problemAt(source, ['operators', index, 'name'], `"${name}" is the name of two operators`, hint)];
  });
}
