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
  /** Sources of COPY and ADD that come from the build context. */
  readonly sources: readonly { readonly path: string; readonly line: number }[];
}

interface Instruction {
  readonly name: string;
  readonly rest: string;
  readonly line: number;
}

/** Splits into instructions: comments dropped, continued lines joined, here-documents skipped. */
function instructionsOf(text: string): Instruction[] {
  const result: Instruction[] = [];
  const lines = text.split(/\r?\n/);
  const escape = /^#\s*escape\s*=\s*`/im.test(text.slice(0, 200)) ? '`' : '\\';
  for (let index = 0; index < lines.length; index++) {
    const start = index;
    let joined = lines[index] ?? '';
    if (/^\s*(#|$)/.test(joined)) continue;
    while (joined.endsWith(escape) && index + 1 < lines.length) {
      index++;
      const next = lines[index] ?? '';
      if (!/^\s*#/.test(next)) joined = `${joined.slice(0, -1)} ${next}`;
    }
    const heredoc = /<<-?["']?(\w+)["']?/.exec(joined)?.[1];
    if (heredoc !== undefined) while (index + 1 < lines.length && lines[++index]?.trim() !== heredoc);
    const space = joined.trimStart().search(/\s|$/);
    const trimmed = joined.trim();
    result.push({ name: trimmed.slice(0, space).toUpperCase(), rest: trimmed.slice(space).trim(), line: start + 1 });
  }
  return result;
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
      stages.push({ name: stageName, from, platform, line, runs: false, usesTargetArch: false, sources: [] });
      continue;
    }
    const stage = stages.pop();
    if (stage === undefined) continue;
    stages.push({
      ...stage,
      runs: stage.runs || name === 'RUN',
      usesTargetArch: stage.usesTargetArch || /\bTARGET(ARCH|PLATFORM)\b/.test(rest),
      sources: [...stage.sources, ...(name === 'COPY' || name === 'ADD' ? sourcesOf(rest, line) : [])],
    });
  }
  return stages;
}

function sourcesOf(rest: string, line: number): { path: string; line: number }[] {
  const words = rest.startsWith('[') ? jsonWords(rest) : rest.split(/\s+/);
  if (words.some((word) => word.startsWith('--from=') || word.startsWith('<<'))) return [];
  const paths = words.filter((word) => !word.startsWith('--')).slice(0, -1);
  return paths.filter((path) => !/^(https?:|git@)/.test(path)).map((path) => ({ path, line }));
}

function jsonWords(text: string): string[] {
  try {
    const value = JSON.parse(text) as unknown;
    return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
  } catch {
    return [];
  }
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
  for (const [index, stage] of stages.entries()) {
    if (!stage.runs || isOnBuildPlatform(stage, stages)) continue;
    // A stage that compiles for TARGETARCH does so by cross-compiling; the last stage is what is shipped and must be of the target.
    if (!stage.usesTargetArch || index === stages.length - 1) return { kind: 'emulation', line: stage.line };
    lines.push(stage.line);
  }
  return lines.length === 0 ? { kind: 'as-is' } : { kind: 'rewrite', lines };
}

function isOnBuildPlatform(stage: DockerfileStage, stages: readonly DockerfileStage[]): boolean {
  if (stage.platform !== null) return /\$\{?BUILDPLATFORM\}?/.test(stage.platform);
  const parent = stages.find((other) => other.name !== null && other.name === stage.from);
  return parent !== undefined && isOnBuildPlatform(parent, stages);
}

/** The Dockerfile with `--platform=$BUILDPLATFORM` on the FROM of the given lines. */
export function onBuildPlatform(text: string, lines: readonly number[]): string {
  return text
    .split('\n')
    .map((line, index) => (lines.includes(index + 1) ? line.replace(/^(\s*FROM)\s+/i, '$1 --platform=$BUILDPLATFORM ') : line))
    .join('\n');
}
