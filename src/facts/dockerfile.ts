/** One stage of a Dockerfile, as far as planning needs it. */
export interface DockerfileStage {
  readonly name: string | null;
  readonly from: string;
  /** Value of `--platform`, null when the stage has none. */
  readonly platform: string | null;
  /** 1-based line of the FROM. */
  readonly line: number;
  readonly runs: boolean;
  readonly usesTargetArch: boolean;
  /** Other stages, by name or number, that COPY and mounts take files from; images are among them. */
  readonly uses: readonly string[];
}

/** `name` in upper case, `rest` on one line; `line` is 1-based. */
export interface Instruction {
  readonly name: string;
  readonly rest: string;
  readonly line: number;
}

/** Splits into instructions: comments dropped, continued lines joined, here-documents skipped. */
export function instructionsOf(text: string): Instruction[] {
  const result: Instruction[] = [];
  const lines = text.split(/\r?\n/);
  const continued = /^#\s*escape\s*=\s*`/im.test(text.slice(0, 200)) ? /`[ \t]*$/ : /\\[ \t]*$/;
  for (let index = 0; index < lines.length; index++) {
    const start = index;
    let joined = lines[index] ?? '';
    if (/^\s*(#|$)/.test(joined)) continue;
    while (continued.test(joined) && index + 1 < lines.length) {
      index++;
      const next = lines[index] ?? '';
      if (!/^\s*(#|$)/.test(next)) joined = `${joined.replace(continued, '')} ${next}`;
    }
    const space = joined.trimStart().search(/\s|$/);
    const trimmed = joined.trim();
    const name = trimmed.slice(0, space).toUpperCase();
    const rest = trimmed.slice(space).trim();
    for (const end of heredocsOf(name, rest)) while (index + 1 < lines.length && !end.test(lines[++index] ?? ''));
    result.push({ name, rest, line: start + 1 });
  }
  return result;
}

/** How the here-documents of an instruction end. Only a word of its own opens one (buildkit, parser.ParseHeredoc). */
function heredocsOf(name: string, rest: string): RegExp[] {
  if (!/^(RUN|COPY|ADD)$/.test(name)) return [];
  const words = rest.matchAll(/(?<!\S)\d*<<(-?)(["']?)([\w.-]+)\2(?!\S)/g);
  return [...words].map(
    ([, tabs, , word = '']) => new RegExp(`^${tabs === '-' ? '\\t*' : ''}${word.replaceAll('.', '\\.')}$`),
  );
}

/** Reads the stages of a Dockerfile; what it does not know it passes over. */
export function parseDockerfile(text: string): readonly DockerfileStage[] {
  const stages: DockerfileStage[] = [];
  for (const { name, rest, line } of instructionsOf(text)) {
    if (name === 'FROM') {
      const words = rest.split(/\s+/);
      const flags = words.filter((word) => word.startsWith('--'));
      const [from = '', as, alias] = words.filter((word) => !word.startsWith('--'));
      const platform = flags.find((flag) => flag.startsWith('--platform='))?.slice('--platform='.length) ?? null;
      const stageName = as?.toUpperCase() === 'AS' && alias !== undefined ? alias : null;
      stages.push({ name: stageName, from, platform, line, runs: false, usesTargetArch: false, uses: [] });
      continue;
    }
    const stage = stages.pop();
    if (stage === undefined) continue;
    stages.push({
      ...stage,
      runs: stage.runs || name === 'RUN',
      usesTargetArch: stage.usesTargetArch || /\bTARGET(ARCH|PLATFORM)\b/.test(rest),
      uses: [...stage.uses, ...usesOf(name, rest)],
    });
  }
  return stages;
}

function usesOf(name: string, rest: string): string[] {
  const pattern =
    name === 'COPY' ? /^(?:--\S+\s+)*?--from=(\S+)/g : name === 'RUN' ? /--mount=\S*?\bfrom=([^,\s]+)/g : null;
  return pattern === null ? [] : [...rest.matchAll(pattern)].map((match) => match[1] ?? '');
}

/**
 * How the image can be built for another architecture than the machine's.
 * `as-is`: stages that run commands are on `$BUILDPLATFORM` already. `rewrite`: the Dockerfile compiles for `TARGETARCH`
 * but its builder is not on `$BUILDPLATFORM`; kubebuilder's own `make docker-buildx` adds that, and so do we.
 * `emulation`: a stage runs commands on the target's platform, so QEMU would be needed.
 */
export type CrossBuild =
  | { readonly kind: 'as-is' }
  | { readonly kind: 'rewrite'; readonly lines: readonly number[] }
  | { readonly kind: 'emulation'; readonly line: number };

export function crossBuildOf(stages: readonly DockerfileStage[]): CrossBuild {
  const lines: number[] = [];
  const built = neededBy(stages, stages.length - 1);
  for (const [root, first] of stages.entries()) {
    const family = [...built].filter((index) => rootOf(stages, index) === root).sort((a, b) => a - b);
    const running = family.map((index) => stages[index]).find((stage) => stage?.runs === true);
    if (running === undefined || (first.platform !== null && !first.platform.includes('TARGET'))) continue;
    // Stages that compile for TARGETARCH do so by cross-compiling; the last stage is what is shipped and must be of the target.
    const compiles = family.some((index) => stages[index]?.usesTargetArch === true);
    if (!compiles || family.includes(stages.length - 1)) return { kind: 'emulation', line: running.line };
    lines.push(first.line);
  }
  return lines.length === 0 ? { kind: 'as-is' } : { kind: 'rewrite', lines };
}

/** The stages that one is built from, itself included; BuildKit leaves out the others. */
function neededBy(stages: readonly DockerfileStage[], index: number, found = new Set<number>()): ReadonlySet<number> {
  const stage = stages[index];
  if (stage === undefined || found.has(index)) return found;
  found.add(index);
  for (const name of [stage.from, ...stage.uses]) {
    const other = stageOf(stages, name, index) ?? (/^\d+$/.test(name) && Number(name) < index ? Number(name) : null);
    if (other !== null) neededBy(stages, other, found);
  }
  return found;
}

/** The earlier stage of a name, which Docker knows in any case; null for an image. */
function stageOf(stages: readonly DockerfileStage[], name: string, before: number): number | null {
  const index = stages.findLastIndex((stage, at) => at < before && stage.name?.toLowerCase() === name.toLowerCase());
  return index === -1 ? null : index;
}

/** The stage whose platform this one has: the first of those that it is made from, unless one on the way names its own. */
function rootOf(stages: readonly DockerfileStage[], index: number): number {
  const stage = stages[index];
  const parent = stage === undefined || stage.platform !== null ? null : stageOf(stages, stage.from, index);
  return parent === null ? index : rootOf(stages, parent);
}

/** The Dockerfile with `--platform=$BUILDPLATFORM` on the FROM of the given lines. */
export function onBuildPlatform(text: string, lines: readonly number[]): string {
  return text
    .split('\n')
    .map((line, index) => {
      if (!lines.includes(index + 1)) return line;
      return line.replace(/^(\s*FROM)\s+(?:--platform=\S+\s+)?/i, '$1 --platform=$BUILDPLATFORM ');
    })
    .join('\n');
}

/** Stages on an image that its name alone does not fix. Of a name with a variable nothing can be told. */
export function unpinnedBases(stages: readonly DockerfileStage[]): readonly DockerfileStage[] {
  return stages.filter(({ from }, index) => {
    const earlier = stages.slice(0, index).map(({ name }) => name?.toLowerCase());
    return from !== 'scratch' && !/[@$]/.test(from) && !earlier.includes(from.toLowerCase());
  });
}
