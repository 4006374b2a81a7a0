import type { InputName, Mode } from './inputs.ts';

/** What each command does. */
const commands: Readonly<Record<Mode, string>> = {
  plan: 'show what would be done, and why',
  run: 'do it: checks, image, chart, e2e; publishes only what the event publishes',
  finish: 'complete a release whose parts other jobs have published',
  reconcile: 'release the version tags that have no release yet',
};

interface Flag {
  /** What stands for the value; none for a switch. */
  readonly value?: string;
  readonly text: string;
}

/** One entry per input, so that the compiler finds one that is missing. */
const inputFlags: Readonly<Record<Exclude<InputName, 'mode'>, Flag>> = {
  operators: { value: 'names', text: 'operators, instead of those that changed' },
  stages: { value: 'names', text: 'stages, and what they cannot do without; default: auto' },
  config: { value: 'file', text: 'configuration; default: .github/operator-release.yaml' },
  'dry-run': { text: 'change neither registry nor GitHub' },
  base: { value: 'ref', text: 'branch, tag or commit to compare with' },
  version: { value: 'version', text: 'version to rehearse or to finish, such as 1.2.3' },
  registry: { value: 'path', text: 'where images go, such as localhost:5000/acme' },
  'registry-username': { value: 'name', text: 'user for the registry' },
  'registry-password': { value: 'env:NAME', text: 'variable with its password; default: REGISTRY_PASSWORD' },
  'github-token': { value: 'env:NAME', text: 'variable with the token; default: GITHUB_TOKEN, GH_TOKEN' },
  platforms: { value: 'list', text: 'platforms of the image, such as linux/amd64,linux/arm64' },
  'fail-fast': { text: 'stop everything when one stage fails' },
  concurrency: { value: 'number', text: 'stages that may run at the same time' },
  'working-directory': { value: 'folder', text: 'the checkout; default: the current folder' },
};

const ownFlags: Readonly<Record<'event' | 'json' | 'debug' | 'help', Flag>> = {
  event: { value: 'file', text: "an event's payload, as on a runner" },
  json: { text: 'result as JSON on standard output, the log on standard error' },
  debug: { text: 'show lines of the level debug, too' },
  help: { text: 'show this' },
};

/** What `--help` prints. */
export function helpText(): string {
  const flags = { ...inputFlags, ...ownFlags };
  const flagRows = Object.entries(flags).map(([name, { value, text }]): [string, string] => [
    value === undefined ? `--${name}` : `--${name} <${value}>`,
    text,
  ]);
  return [
    'Takes a Kubernetes operator from a change to a published release.',
    '',
    'Usage: operator-release <command> [flags]',
    '',
    'Commands',
    ...columns(Object.entries(commands)),
    '',
    'Flags (lists are separated by commas, or the flag is repeated)',
    ...columns(flagRows),
    '',
    'On a laptop nothing is published: see first with "plan", then "run --dry-run" or "run --stages lint,unit".',
  ].join('\n');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
