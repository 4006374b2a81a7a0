import { Problem, raise } from './errors.ts';
import { defaultConfigFile } from './config/load.ts';
import { didYouMean } from './config/nearest.ts';
import {
  correction,
  operatorNameHelp,
  operatorNamePattern,
  platformHelp,
  platformPattern,
  registryHelp,
  registryPattern,
  shown,
} from './config/values.ts';
import { stageNames } from './plan/types.ts';
import type { StageName } from './plan/types.ts';

/** The action's inputs, in the order in which action.yml and help show them. */
export const inputNames = [
  'mode',
  'operators',
  'stages',
  'config',
  'dry-run',
  'base',
  'version',
  'registry',
  'registry-username',
  'registry-password',
  'github-token',
  'platforms',
  'fail-fast',
  'concurrency',
  'working-directory',
] as const;

export type InputName = (typeof inputNames)[number];

export const modes = ['run', 'plan', 'finish', 'reconcile'] as const;
export type Mode = (typeof modes)[number];

/** What the user asked for, checked. Frozen. */
export interface Inputs {
  readonly mode: Mode;
  /** Names of operators; empty: those that the event affects. */
  readonly operators: readonly string[];
  readonly stages: 'auto' | readonly StageName[];
  /** Path of the configuration file, from the root of the repository. */
  readonly config: string;
  /** Another file than the default one, so that it must be there. */
  readonly configGiven: boolean;
  readonly dryRun: boolean;
  /** Git ref to compare with. */
  readonly base: string | undefined;
  /** Strict semver 2.0 without a prefix. */
  readonly version: string | undefined;
  /** `host[:port]/path`, lower case; undefined: the configuration's, or `ghcr.io/<owner>`. */
  readonly registry: string | undefined;
  /** Undefined: the actor. */
  readonly registryUsername: string | undefined;
  /** Undefined: the token at GitHub's registry, elsewhere the user's own login. A secret. */
  readonly registryPassword: string | undefined;
  /** Undefined where there is none, as on a laptop. A secret. */
  readonly githubToken: string | undefined;
  /** Empty: the configuration's. */
  readonly platforms: readonly string[];
  readonly failFast: boolean;
  /** Tasks that run at the same time; undefined: as many as the machine carries. */
  readonly concurrency: number | undefined;
  readonly workingDirectory: string;
}

/** Semver 2.0's own expression (semver.org, "Is there a suggested regular expression"). */
const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;
/** A ref that begins with "-" would be an option to git; the rest is what git-check-ref-format(1) forbids, save `~` and `^`. */
const ref = /^(?!-)[^\s\p{Cc}:?*[\\]+$/u;

/**
 * The inputs as the runner passes them: `INPUT_<NAME>`, upper case, spaces as `_`, hyphens kept. An empty text is
 * an input that was not given.
 * Errors: `Problem` OR-INPUT-UNKNOWN, OR-INPUT-VALUE, all of them together. They have no place: the runner does not
 * say which workflow file the step is from.
 */
export function readInputs(env: Readonly<Record<string, string | undefined>>): Inputs {
  const given = new Map<string, string>();
  for (const [variable, value] of Object.entries(env)) {
    if (variable.startsWith('INPUT_')) given.set(variable.slice('INPUT_'.length).toLowerCase(), value ?? '');
  }
  return inputsFrom(given, (name) => `input "${name}"`);
}

/** Checks inputs from wherever they come; `label` names one as the user wrote it. Errors: see `readInputs`. */
export function inputsFrom(given: ReadonlyMap<string, string>, label: (name: string) => string): Inputs {
  const reader = new Reader(given, label);
  const config = reader.text('config') ?? defaultConfigFile;
  const version = reader.text('version')?.replace(/^v/, '');
  const inputs: Inputs = {
    mode: reader.choice('mode', modes, 'run'),
    operators: reader.list('operators', operatorNamePattern, operatorNameHelp),
    stages: reader.stages(),
    config,
    configGiven: config !== defaultConfigFile,
    dryRun: reader.flag('dry-run'),
    base: reader.matching('base', reader.text('base'), ref, 'a branch, tag or commit'),
    version: reader.matching('version', version, semver, 'a semantic version such as 1.2.3 or 1.2.3-rc.1'),
    registry: reader.matching('registry', reader.text('registry'), registryPattern, registryHelp)?.toLowerCase(),
    registryUsername: reader.text('registry-username'),
    registryPassword: reader.text('registry-password'),
    githubToken: reader.text('github-token'),
    platforms: reader.list('platforms', platformPattern, platformHelp),
    failFast: reader.flag('fail-fast'),
    concurrency: reader.count('concurrency'),
    workingDirectory: reader.text('working-directory') ?? '.',
  };
  raise(reader.problems);
  for (const value of Object.values(inputs)) Object.freeze(value);
  return Object.freeze(inputs);
}

/** Reads one input at a time and collects what is wrong. */
class Reader {
  readonly problems: Problem[] = [];
  readonly #given: ReadonlyMap<string, string>;
  readonly #label: (name: string) => string;

  constructor(given: ReadonlyMap<string, string>, label: (name: string) => string) {
    this.#given = given;
    this.#label = label;
    for (const name of given.keys()) {
      if ((inputNames as readonly string[]).includes(name)) continue;
      this.#add(
        'OR-INPUT-UNKNOWN',
        `${label(name)}: unknown; there are ${inputNames.join(', ')}`,
        didYouMean(name, inputNames),
      );
    }
  }

  text(name: InputName): string | undefined {
    const value = this.#given.get(name)?.trim();
    return value === '' ? undefined : value;
  }

  /** Parts of a newline or comma list, each once. */
  list(name: InputName, pattern: RegExp, expected: string): string[] {
    const parts = (this.text(name) ?? '').split(/[\n,]/).map((part) => part.trim());
    const wanted = [...new Set(parts)].filter((part) => part !== '');
    return wanted.filter((part) => this.matching(name, part, pattern, expected) !== undefined);
  }

  matching(name: InputName, value: string | undefined, pattern: RegExp, expected: string): string | undefined {
    if (value === undefined || pattern.test(value)) return value;
    this.#refuse(name, value, expected, correction(pattern, value));
    return undefined;
  }

  choice<T extends string>(name: InputName, allowed: readonly T[], fallback: T): T {
    const value = this.text(name) ?? fallback;
    const chosen = allowed.find((each) => each === value);
    if (chosen === undefined) this.#refuse(name, value, `one of ${allowed.join(', ')}`, didYouMean(value, allowed));
    return chosen ?? fallback;
  }

  stages(): 'auto' | readonly StageName[] {
    const expected = `auto or names of stages: ${stageNames.join(', ')}`;
    const wanted = this.list('stages', /^/, expected);
    if (wanted.length === 0 || (wanted.length === 1 && wanted[0] === 'auto')) return 'auto';
    for (const name of wanted) {
      if ((stageNames as readonly string[]).includes(name)) continue;
      this.#refuse('stages', name, expected, name === 'auto' ? 'auto stands alone' : didYouMean(name, stageNames));
    }
    return stageNames.filter((name) => wanted.includes(name));
  }

  /** The spellings of YAML 1.2's core schema, the same that @actions/core's getBooleanInput takes. */
  flag(name: InputName): boolean {
    const value = this.text(name) ?? 'false';
    if (!/^(?:true|True|TRUE|false|False|FALSE)$/.test(value)) this.#refuse(name, value, 'true or false');
    return value.toLowerCase() === 'true';
  }

  count(name: InputName): number | undefined {
    const value = this.matching(name, this.text(name), /^[1-9][0-9]{0,3}$/, 'a whole number from 1 to 9999');
    return value === undefined ? undefined : Number(value);
  }

  #refuse(name: InputName, found: string, expected: string, hint?: string): void {
    this.#add('OR-INPUT-VALUE', `${this.#label(name)}: found ${shown(found)}, expected ${expected}`, hint);
  }

  #add(code: string, message: string, hint: string | undefined): void {
    this.problems.push(new Problem(code, message, hint === undefined ? {} : { hint }));
  }
}
