import type { Secret } from './report/mask.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Flags whose values are secrets, and the variables that hold them without the flag. */
export const secretFlags = {
  'registry-password': ['REGISTRY_PASSWORD'],
  'github-token': ['GITHUB_TOKEN', 'GH_TOKEN'],
} as const;

/** The secrets of a step as the runner passes them, before anything about the inputs is known to be right. */
export function secretsOfStep(env: Env): readonly Secret[] {
  const values = Object.keys(secretFlags).map((name) => env[`INPUT_${name.toUpperCase()}`] ?? '');
  return withUsers(values, [env['INPUT_REGISTRY-USERNAME'], env['GITHUB_ACTOR']]);
}

/**
 * The secrets of a command line: those of the environment, those that `env:NAME` names, and what somebody has written in
 * place of that, which is refused later.
 */
export function secretsOfArgs(argv: readonly string[], env: Env): readonly Secret[] {
  const valuesOf = (flag: string): readonly string[] =>
    argv.flatMap((argument, index) => {
      if (argument.startsWith(`--${flag}=`)) return [argument.slice(flag.length + 3)];
      return argument === `--${flag}` ? (argv[index + 1] ?? []) : [];
    });
  const values = Object.entries(secretFlags).flatMap(([flag, variables]) => [
    ...variables.map((name) => env[name] ?? ''),
    ...valuesOf(flag).map((value) => (value.startsWith('env:') ? (env[value.slice('env:'.length)] ?? '') : value)),
  ]);
  return withUsers(values, [...valuesOf('registry-username'), env['GITHUB_ACTOR']]);
}

/** A shorter one hides only what it is itself: a password "test" must not take away each variable that holds the word. */
const shortestPart = 8;

/**
 * Takes every variable that holds a secret out of an environment, whatever its name, and returns the environment as it was:
 * no child can inherit what this process itself reads from the copy.
 */
export function withhold(env: Record<string, string | undefined>, secrets: readonly Secret[]): Env {
  const whole = { ...env };
  const values = [...new Set(secrets.map(({ value }) => value))];
  const holds = (text: string): boolean =>
    values.some((value) => text.trim() === value || (value.length >= shortestPart && text.includes(value)));
  for (const [name, text] of Object.entries(whole))
    if (text !== undefined && holds(text)) Reflect.deleteProperty(env, name);
  return whole;
}

/** Each secret with each user that it could be sent with; git sends a token as that of `x-access-token`. */
function withUsers(values: readonly string[], users: readonly (string | undefined)[]): readonly Secret[] {
  const named = users.map((user) => user?.trim() ?? '').filter((user) => user !== '');
  return [...new Set(values.map((value) => value.trim()))].flatMap((value) =>
    value === '' ? [] : [...named, 'operator-release', 'x-access-token'].map((user) => ({ value, user })),
  );
}
