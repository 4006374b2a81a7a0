import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { crossBuildOf, onBuildPlatform, parseDockerfile, unpinnedBases } from '../facts/dockerfile.ts';
import { buildProblem } from './build-problem.ts';
import { ensureBuilder } from '../tools/docker.ts';
import { stagesUpTo } from '../plan/image.ts';
import type { StageHost } from '../stages/types.ts';
import { hostPlatform } from './platform.ts';
import type { ImageRequest } from './request.ts';

/**
 * Builds all platforms in one invocation into an OCI layout. Nothing of the run gets into the image, so that the same
 * commit gives the same digest: times are the commit's, and attestations stay outside (moby/buildkit#3421).
 * Errors: OR-IMAGE-DOCKERFILE, OR-IMAGE-BUILD.
 */
export async function buildWithBuildx(
  host: StageHost,
  request: ImageRequest,
  dockerfile: string,
  target: string,
): Promise<void> {
  host.progress('starting the builder');
  const builder = await ensureBuilder(host.ports.exec, host.log, {
    signal: host.signal,
    onLease: (lease) => host.ports.cleanup.add({ kind: 'builder', lease }),
  });
  const file = await prepareDockerfile(host, dockerfile, request);
  host.progress(`building for ${request.platforms.join(', ')}`);
  const several = request.platforms.length > 1;
  const metadata = Object.entries(request.labels).flatMap(([key, value]) => [
    ...['--label', `${key}=${value}`],
    ...['--annotation', `${several ? 'index,manifest' : 'manifest'}:${key}=${value}`],
  ]);
  const args = [
    ...['buildx', 'build', '--builder', builder.name, '--file', file, '--platform', request.platforms.join(',')],
    ...['--output', `type=oci,tar=false,dest=${target},rewrite-timestamp=true`],
    ...['--provenance=false', '--sbom=false', '--progress=plain', ...metadata],
    ...(request.target === null ? [] : ['--target', request.target]),
    ...Object.entries(request.buildArgs).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
    ...['--', join(host.root, request.context)],
  ];
  const result = await host.run('docker', args, {
    allowFailure: true,
    env: { ...host.ports.login, SOURCE_DATE_EPOCH: String(request.seconds), BUILDX_NO_DEFAULT_ATTESTATIONS: '1' },
  });
  if (result.exitCode !== 0) throw buildProblem(result.stderr, dockerfile);
}

/**
 * The Dockerfile to build with: the project's own, or for other platforms than the machine's a copy whose compiling
 * stages are on $BUILDPLATFORM, as kubebuilder's `make docker-buildx` does it.
 */
async function prepareDockerfile(host: StageHost, dockerfile: string, request: ImageRequest): Promise<string> {
  const original = join(host.root, dockerfile);
  const text = await readFile(original, 'utf8');
  const stages = stagesUpTo(parseDockerfile(text), request.target);
  for (const { from, line } of unpinnedBases(stages)) {
    host.log.warn(`${dockerfile}:${line}: ${from} has no digest; what it is may change under this commit`);
  }
  const cross = crossBuildOf(stages);
  if (request.platforms.every((platform) => platform === hostPlatform()) || cross.kind !== 'rewrite') return original;
  const copy = join(host.scratch, 'Dockerfile.cross');
  await writeFile(copy, onBuildPlatform(text, cross.lines));
  const ignore = `${original}.dockerignore`;
  if (existsSync(ignore)) await copyFile(ignore, `${copy}.dockerignore`);
  host.log.info(
    `${dockerfile}: line ${cross.lines.join(', ')} built on $BUILDPLATFORM, compiling for each platform (as make docker-buildx does)`,
  );
  return copy;
}
