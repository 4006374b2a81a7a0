import { randomUUID } from 'node:crypto';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../errors.ts';
import { tail } from '../tools/exec.ts';
import type { StageHost } from '../stages/types.ts';
import type { ImageRequest } from './request.ts';

/** Builds the manager for all platforms without Docker, into an OCI layout. Errors: OR-IMAGE-BUILD. */
export async function buildWithKo(
  host: StageHost,
  request: ImageRequest,
  mainPackage: string,
  target: string,
): Promise<void> {
  const ko = await host.tool('ko');
  host.progress(`ko build for ${request.platforms.join(', ')}`);
  const labels = Object.entries(request.labels).flatMap(([key, value]) => [
    ...['--image-label', `${key}=${value}`],
    ...['--image-annotation', `${key}=${value}`],
  ]);
  const link = await nameableLink(host, target);
  const args = [
    ...[
      'build',
      '--push=false',
      `--oci-layout-path=${link}`,
      '--sbom=none',
      `--platform=${request.platforms.join(',')}`,
    ],
    ...[...labels, '--', mainPackage],
  ];
  const env = {
    ...host.ports.login,
    // ko wants a name, and nothing is pushed there; with its own `ko.local` it would load the image into a Docker engine.
    KO_DOCKER_REPO: 'operator-release.invalid/image',
    // Go would stamp whether the checkout is clean at that moment, and the digest would depend on it.
    GOFLAGS: `${host.ports.env['GOFLAGS'] ?? ''} -buildvcs=false`.trim(),
    SOURCE_DATE_EPOCH: String(request.seconds),
    KO_DATA_DATE_EPOCH: String(request.seconds),
  };
  const result = await host.run(ko, args, { allowFailure: true, env });
  await rm(link, { force: true });
  if (result.exitCode !== 0) {
    throw new Problem('OR-IMAGE-BUILD', 'ko build failed', {
      hint: 'the lines below come from ko; its base image comes from .ko.yaml or KO_DEFAULTBASEIMAGE',
      excerpt: tail(result.stderr, 25),
    });
  }
}

/**
 * Another path for the folder. ko makes the name of an image of the path that it writes to, and fails after the build where
 * the path holds a capital letter, as almost every temporary folder does.
 */
async function nameableLink(host: StageHost, target: string): Promise<string> {
  const folder = /^[a-z0-9_./-]{1,150}$/.test(tmpdir()) ? tmpdir() : '/tmp';
  const link = join(folder, `operator-release-ko-${randomUUID()}`);
  await mkdir(target, { recursive: true });
  host.ports.cleanup.add({ kind: 'folder', path: link });
  await symlink(target, link);
  return link;
}
