import type { Config } from '../config/types.ts';
import { Problem } from '../errors.ts';
import { crossBuildOf } from '../facts/dockerfile.ts';
import type { DockerfileStage } from '../facts/dockerfile.ts';
import type { Facts, OperatorFacts, OperatorHistory } from '../facts/types.ts';
import type { Inputs } from '../inputs.ts';
import type { Names } from '../version/names.ts';
import { imageRepository } from './names.ts';
import type { ImagePlan } from './types.ts';

const releasePlatforms = ['linux/amd64', 'linux/arm64'];

/**
 * How an operator's image is made and named; null when it has none.
 * Errors: OR-IMAGE-DOCKERFILE, OR-IMAGE-TARGET, OR-IMAGE-MAIN, OR-IMAGE-NO-DOCKER.
 */
export function planImage(
  inputs: Inputs,
  config: Config,
  facts: Facts,
  operator: OperatorFacts,
  history: OperatorHistory | undefined,
  names: Names,
  named: boolean,
): ImagePlan | null {
  const repository = imageRepository(inputs, config, operator, facts.repository);
  if (repository === null) return null;
  const settings = operator.settings.image ?? {};
  const buildArgs = settings.buildArgs ?? {};
  const promote = dependsOnVersion(buildArgs) ? null : (history?.promotable ?? null);
  const builder = promote === null ? builderOf(operator, facts) : 'buildx';
  return {
    repository,
    builder,
    dockerfile: builder === 'ko' ? null : operator.dockerfile,
    context: settings.context ?? operator.path,
    target: builder === 'ko' ? null : (settings.target ?? null),
    mainPackage: settings.mainPackage ?? operator.mainPackage ?? '.',
    platforms: platformsOf(inputs, facts, operator, named),
    buildArgs: fillArgs(buildArgs, facts, names),
    promote,
    deployedTag: names.appVersion,
    tags: named ? names.tags : [],
    skippedTags: named ? names.skippedTags : [],
  };
}

function builderOf(operator: OperatorFacts, facts: Facts): 'buildx' | 'ko' {
  const wanted = operator.settings.image?.builder;
  const folder = operator.path === '.' ? 'the root of the repository' : operator.path;
  if (wanted === 'ko' || (wanted === undefined && operator.dockerfile === null && operator.ko)) return withKo(operator);
  if (operator.dockerfileStages === null) {
    const named = operator.settings.image?.dockerfile;
    throw new Problem(
      'OR-IMAGE-DOCKERFILE',
      named === undefined
        ? `${operator.name} has no Dockerfile in ${folder}`
        : `${operator.name}: the Dockerfile ${named} is not in the repository`,
      {
        hint: 'add one, name it in operators[].image.dockerfile (with context and buildArgs, where operators share it), or set operators[].image.builder to ko, which needs none',
      },
    );
  }
  checkTarget(operator, operator.dockerfileStages);
  if (facts.host.dockerMissing === null) return 'buildx';
  if (wanted === undefined && operator.mainPackage !== null) return withKo(operator);
  throw new Problem(
    'OR-IMAGE-NO-DOCKER',
    `the image of ${operator.name} needs Docker, and no engine answers: ${facts.host.dockerMissing}`,
    {
      hint: 'start Docker, or set operators[].image.builder to ko',
    },
  );
}

function checkTarget(operator: OperatorFacts, stages: readonly DockerfileStage[]): void {
  const target = operator.settings.image?.target ?? null;
  if (stagesUpTo(stages, target).length > 0 || target === null) return;
  const names = stages.flatMap((stage) => stage.name ?? []);
  throw new Problem('OR-IMAGE-TARGET', `${operator.name}: the Dockerfile has no stage ${target}`, {
    hint: `correct operators[].image.target; the stages are: ${names.length === 0 ? 'none with a name' : names.join(', ')}`,
    ...(operator.dockerfile === null ? {} : { at: { file: operator.dockerfile } }),
  });
}

/**
 * The stages of a Dockerfile up to the one that is built; none when there is no such stage. Docker knows a stage by its
 * name in any case, or by its number (buildkit, instructions.HasStage).
 */
export function stagesUpTo(stages: readonly DockerfileStage[], target: string | null): readonly DockerfileStage[] {
  if (target === null) return stages;
  const named = stages.findIndex((stage) => stage.name?.toLowerCase() === target.toLowerCase());
  const index = named === -1 && /^\d+$/.test(target) ? Number(target) : named;
  return index < stages.length ? stages.slice(0, index + 1) : [];
}

function withKo(operator: OperatorFacts): 'ko' {
  if (operator.mainPackage === null && operator.settings.image?.mainPackage === undefined) {
    throw new Problem(
      'OR-IMAGE-MAIN',
      `${operator.name}: no main package was found in cmd/ or in the operator's folder`,
      {
        hint: 'name it in operators[].image.mainPackage',
      },
    );
  }
  return 'ko';
}

/** For a check the machine's own platform is enough, and the only one that needs no second compilation. */
function platformsOf(inputs: Inputs, facts: Facts, operator: OperatorFacts, named: boolean): readonly string[] {
  const wanted = inputs.platforms.length > 0 ? inputs.platforms : operator.settings.image?.platforms;
  if (!named) return [facts.host.platform];
  if (wanted !== undefined) return wanted;
  const stages = stagesUpTo(operator.dockerfileStages ?? [], operator.settings.image?.target ?? null);
  const needsEmulation = crossBuildOf(stages).kind === 'emulation';
  return needsEmulation && facts.host.dockerMissing === null ? [facts.host.platform] : releasePlatforms;
}

/** An image that is told its version at build time cannot be the one that was tested before. */
export function dependsOnVersion(buildArgs: Readonly<Record<string, string>>): boolean {
  return Object.values(buildArgs).some((value) => /\{(version|tag)\}/.test(value));
}

function fillArgs(
  buildArgs: Readonly<Record<string, string>>,
  facts: Facts,
  names: Names,
): Readonly<Record<string, string>> {
  const known: Readonly<Record<string, string>> = {
    version: names.version.text,
    tag: names.appVersion,
    commit: facts.event.sha,
  };
  return Object.fromEntries(
    Object.entries(buildArgs).map(([key, value]) => [
      key,
      value.replaceAll(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole),
    ]),
  );
}
