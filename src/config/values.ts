import * as v from 'valibot';

/**
 * The kinds of values that configuration and inputs share. A message says what is allowed and completes
 * the sentence "expected …"; every rule is a pattern, so that the published JSON Schema holds the same ones.
 */

/** `host[:port]`: a name with a dot, `localhost`, or anything with a port, as the reference grammar of OCI clients tells hosts from paths. */
const host =
  '(?:localhost|(?:[A-Za-z0-9][A-Za-z0-9-]*\\.)+[A-Za-z0-9-]+|[A-Za-z0-9.-]+(?=:)|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?';
/** One part of a path in OCI's repository grammar (distribution-spec, "Pulling manifests"), capitals let through because they are lowered. */
const component = (word: string): string => `${word}+(?:(?:\\.|_|__|-+)${word}+)*`;
const plainComponent = component('[A-Za-z0-9]');
const templateComponent = component('(?:[A-Za-z0-9]|\\{operator\\})');

export const registryPattern = new RegExp(`^${host}(?:/${plainComponent})*$`);
export const registryHelp = 'a registry and path such as ghcr.io/acme, without a scheme, tag or digest';
/** With a host in front, or below the registry of the run. */
const repositoryPattern = new RegExp(`^(?:${host}/)?${templateComponent}(?:/${templateComponent})*$`);

export const platformPattern =
  /^(?:linux|windows)\/(?:386|amd64|arm|arm64|loong64|mips64|mips64le|ppc64le|riscv64|s390x)(?:\/v[0-9]+)?$/;
export const platformHelp = 'os/arch[/variant], such as linux/amd64, linux/arm64 or linux/arm/v7';

export const operatorNamePattern = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/;
export const operatorNameHelp = 'lower-case letters, digits, ".", "_" and "-", such as "keystone"';

export const text = v.pipe(v.string(), v.regex(/\S/, 'a text that is not empty'));

export const operatorName = v.pipe(v.string(), v.regex(operatorNamePattern, operatorNameHelp));

/** Inside the repository, from its root. */
export const path = v.pipe(
  v.string(),
  v.regex(
    /^(?!\/)(?![A-Za-z]:)(?!(?:.*\/)?\.\.(?:\/|$))[^\\\s](?:[^\\]*[^\\\s])?$/,
    'a path inside the repository, from its root, with "/" and without ".."',
  ),
);

export const glob = v.pipe(
  v.string(),
  v.regex(
    /^!?(?![/!])(?!(?:.*\/)?\.\.(?:\/|$))[^\\\s](?:[^\\]*[^\\\s])?$/,
    'a glob such as "internal/common/**", from the root of the repository, without ".."',
  ),
);

export const registry = v.pipe(v.string(), v.regex(registryPattern, registryHelp), v.toLowerCase());

/** Lowered where the operator's name is filled in. */
export const repository = v.pipe(
  v.string(),
  v.regex(
    repositoryPattern,
    'a repository such as {operator}-operator or ghcr.io/acme/keystone-operator, without a scheme, tag or digest',
  ),
);

export const platform = v.pipe(v.string(), v.regex(platformPattern, platformHelp));

export const helmPath = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/, 'a path of keys in values.yaml such as "manager.image"'),
);

/** One or many, always read as a list. */
export function listOf(
  item: v.GenericSchema<string, string>,
  least = 0,
): v.GenericSchema<string | string[], readonly string[]> {
  const many = v.array(item);
  return v.pipe(
    v.union([item, least === 0 ? many : v.pipe(many, v.minLength(least, `a list of at least ${least}`))]),
    v.transform((value: string | string[]): readonly string[] => (typeof value === 'string' ? [value] : value)),
  );
}

/** Strict semver, as tools are asked for by version. */
export const release = v.pipe(
  v.string(),
  v.regex(/^v?(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)$/, 'a full version such as "2.5.0"'),
);

/** What setup-envtest takes for a version (controller-runtime, tools/setup-envtest/versions/parse.go). */
export const kubernetes = v.pipe(
  v.string(),
  v.regex(/^(?:latest|[0-9]+\.[0-9]+(?:\.(?:[0-9]+|[xX*]))?)!?$/, 'a version of Kubernetes such as "1.34" or "1.34.x"'),
);

/** Never a flag: go takes its arguments for one when they begin with "-". */
export const packages = v.pipe(
  v.string(),
  v.regex(/^[^\s-]\S*$/, 'a package or pattern of packages such as "./internal/..."'),
);

/** A type of conventionalcommits.org 1.0.0. */
export const changeType = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'a type of conventional commits such as "feat" or "fix"'),
);

export const buildTag = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.]+$/, 'a build tag: letters, digits, "_" and "."'));

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `1h30m`, `90s` or a number of seconds, in milliseconds. */
export const duration = v.pipe(
  v.union([
    v.pipe(v.number(), v.minValue(1, 'a second or more'), v.maxValue(86_400, 'a day or less')),
    v.pipe(
      v.string(),
      v.regex(
        /^(?=[0-9])(?:[0-9]{1,2}h)?(?:[0-9]{1,4}m)?(?:[0-9]{1,5}s)?$/,
        'a duration such as "10m", "90s" or "1h30m"',
      ),
    ),
  ]),
  v.transform((value: number | string): number => {
    if (typeof value === 'number') return value * unitMs.s;
    let ms = 0;
    for (const [, count, unit] of value.matchAll(/([0-9]+)([hms])/g)) {
      ms += Number(count) * unitMs[unit as 'h' | 'm' | 's'];
    }
    return ms;
  }),
);

export const environment = v.record(
  v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name: letters, digits and "_"')),
  v.string(),
);

/** A text in which `{name}` stands for something, for the names given only. */
export function template(names: readonly string[]): v.GenericSchema<string, string> {
  return v.pipe(
    v.string(),
    v.regex(
      new RegExp(`^(?:[^{}]|\\{(?:${names.join('|')})\\})*$`),
      `a text in which only ${names.map((name) => `{${name}}`).join(', ')} stand in braces`,
    ),
  );
}

/** A git tag with one `{version}` in it. */
export const tagPattern = v.pipe(
  v.string(),
  v.regex(
    /^(?:[A-Za-z0-9._@+/-]|\{(?:operator|path)\})*\{version\}(?:[A-Za-z0-9._@+/-]|\{(?:operator|path)\})*$/,
    'a tag name with {version} once and, if wanted, {operator} or {path}, such as "{operator}/v{version}"',
  ),
);

export const branchGlob = v.pipe(
  v.string(),
  v.regex(/^[^\s~^:\\-][^\s~^:\\]*$/, 'a branch or a glob such as "release/*"'),
);

/** A text as messages show it: quoted, cut, and without a login that stands in a URL. */
export function shown(text: string): string {
  const safe = text.replace(/[^/@\s]*@/g, '***@');
  return JSON.stringify(safe.length > 80 ? `${safe.slice(0, 80)}…` : safe);
}

/** What is probably meant, for a text that a pattern of this file refuses. */
export function correction(pattern: unknown, found: string): string | undefined {
  if (pattern === registryPattern || pattern === repositoryPattern) return registryHint(found);
  return pattern === platformPattern ? platformHint(found) : undefined;
}

function registryHint(found: string): string | undefined {
  const bare = found
    .trim()
    .replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\//, '')
    .replace(/^[^/@]*@/, '')
    .replace(/\/+$/, '');
  if (bare !== found && registryPattern.test(bare)) return `write "${bare}"`;
  return /^[^/]+\/?[^/:@]*$/.test(bare) && !/[.:@]/.test(bare) ? `name the registry too: "ghcr.io/${bare}"` : undefined;
}

const machineNames: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  x64: 'amd64',
  aarch64: 'arm64',
  armv7: 'arm/v7',
  i386: '386',
};

function platformHint(found: string): string | undefined {
  const [first = '', second] = found.trim().toLowerCase().split('/');
  const machine = second ?? first;
  const corrected = `linux/${machineNames[machine] ?? machine}`;
  return corrected !== found && platformPattern.test(corrected) ? `write "${corrected}"` : undefined;
}
