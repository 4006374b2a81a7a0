import { parseArgs } from 'node:util';
import { didYouMean } from './config/nearest.ts';
import { Problem, raise } from './errors.ts';
export { helpText } from './help.ts';
import { inputNames, inputsFrom, modes } from './inputs.ts';
import type { Inputs, Mode } from './inputs.ts';
import { secretFlags } from './secrets.ts';

/** What a person asked for on the command line. */
export interface Arguments {
  /** The first word, which is the input `mode`; help when there is none. */
  readonly command: Mode | 'help';
  readonly inputs: Inputs;
  /** The result as JSON on standard output, everything else on standard error. */
  readonly json: boolean;
  /** Lines of the level debug, too. */
  readonly debug: boolean;
  /** File with the event's payload, as `GITHUB_EVENT_PATH` names it on a runner. */
  readonly event: string | undefined;
}

const switches = ['json', 'debug', 'help', 'dry-run', 'fail-fast'] as const;
const lists: readonly string[] = ['operators', 'stages', 'platforms'];
const flags = [...inputNames.filter((name) => name !== 'mode'), 'event', 'json', 'debug', 'help'] as const;
const options = Object.fromEntries(
  flags.map((name) => [
    name,
    { type: isSwitch(name) ? ('boolean' as const) : ('string' as const), ...(name === 'help' ? { short: 'h' } : {}) },
  ]),
);

/**
 * The action's twin on a terminal: `plan|run|finish|reconcile` and a flag for each input. Tokens and passwords come
 * from the environment: GITHUB_TOKEN, REGISTRY_PASSWORD, or `--github-token env:NAME`.
 * Errors: `Problem` OR-INPUT-UNKNOWN, OR-INPUT-VALUE, all of the same kind together.
 */
export function inputsFromArgs(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Arguments {
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const problems: Problem[] = [];
  const given = new Map<string, string>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    // `--base --json` is a forgotten value, not a base of that name.
    const forgotten = token.inlineValue === false && token.value.startsWith('-');
    const problem = take(given, token.name, token.rawName, forgotten ? undefined : token.value);
    if (problem !== undefined) problems.push(problem);
  }
  const [word, ...more] = words;
  const command = word === undefined || word === 'help' ? 'help' : modes.find((mode) => mode === word);
  if (command === undefined || more.length > 0)
    problems.push(unknownCommand(command === undefined ? (word ?? '') : (more[0] ?? '')));
  for (const [name, variables] of Object.entries(secretFlags)) problems.push(...secret(given, name, variables, env));
  raise(problems);

  const inputs = new Map([...given].filter(([name]) => (inputNames as readonly string[]).includes(name)));
  if (command !== undefined && command !== 'help') inputs.set('mode', command);
  return {
    command: given.get('help') === 'true' ? 'help' : (command ?? 'help'),
    inputs: inputsFrom(inputs, (name) => `--${name}`),
    json: given.get('json') === 'true',
    debug: given.get('debug') === 'true',
    event: given.get('event'),
  };
}

function isSwitch(name: string): boolean {
  return (switches as readonly string[]).includes(name);
}

/** Notes one flag; the problem when it is not one. */
function take(
  given: Map<string, string>,
  name: string,
  written: string,
  value: string | undefined,
): Problem | undefined {
  if (!(flags as readonly string[]).includes(name)) {
    const hint = didYouMean(name, flags);
    const message = `${written}: unknown; there are ${flags.map((flag) => `--${flag}`).join(', ')}`;
    return new Problem('OR-INPUT-UNKNOWN', message, hint === undefined ? {} : { hint: hint.replace('"', '"--') });
  }
  if (value === undefined && !isSwitch(name)) {
    return new Problem('OR-INPUT-VALUE', `--${name}: found nothing, expected a value`, {
      hint: `write --${name}=<value>`,
    });
  }
  const before = given.get(name);
  if (before !== undefined && !lists.includes(name)) {
    return new Problem('OR-INPUT-VALUE', `--${name}: found twice, expected once`);
  }
  given.set(name, before === undefined ? (value ?? 'true') : `${before}\n${value ?? ''}`);
  return undefined;
}

function unknownCommand(found: string): Problem {
  const hint = didYouMean(found, modes);
  const message = `found ${JSON.stringify(found)}, expected one command: ${modes.join(', ')}, help`;
  return new Problem('OR-INPUT-UNKNOWN', message, hint === undefined ? {} : { hint });
}

/** Other users of the machine can read a program's arguments: puts the secret in place of `env:NAME`, or of a flag that is not given. */
function secret(
  given: Map<string, string>,
  name: string,
  variables: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Problem[] {
  const written = given.get(name);
  if (written === undefined) {
    const value = variables.map((variable) => env[variable]).find((each) => each !== undefined && each !== '');
    if (value !== undefined) given.set(name, value);
    return [];
  }
  if (!written.startsWith('env:')) {
    const hint = `put it into the environment as ${variables.join(' or ')}, or write --${name} env:NAME`;
    return [new Problem('OR-INPUT-VALUE', `--${name}: a secret cannot be an argument, others can read it`, { hint })];
  }
  const variable = written.slice('env:'.length);
  const value = env[variable];
  if (value === undefined) return [new Problem('OR-INPUT-VALUE', `--${name}: there is no variable ${variable}`)];
  given.set(name, value);
  return [];
}
