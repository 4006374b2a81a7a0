import { join } from 'node:path';
import { Problem } from '../errors.ts';
import { hostPlatform } from '../image/platform.ts';
import { writeArchive } from '../registry/layout.ts';
import { silent } from '../log.ts';
import type { BuiltImage, Cluster, StageHost } from '../stages/types.ts';

/**
 * Puts the image into every node under the name by which charts ask for it, `repository@digest`. A one-platform archive
 * is the way that works with every Docker (kubernetes-sigs/kind#3795). Returns the digest of the platform's manifest.
 */
export async function loadImage(
  host: StageHost,
  cluster: Cluster,
  image: BuiltImage,
  repository: string,
): Promise<string> {
  const platform = image.platforms.find((found) => found.platform === hostPlatform());
  if (platform === undefined) {
    throw new Problem(
      'OR-E2E-PLATFORM',
      `the image has no ${hostPlatform()}, so it cannot run on this machine's cluster`,
      {
        hint: 'add the platform to the input platforms, or disable e2e',
      },
    );
  }
  const kind = await host.tool('kind');
  const archive = join(host.scratch, 'image.tar');
  // The tag is only a carrier; containerd names an image by the digest only when told so.
  const carrier = `${repository}:tested`;
  await writeArchive(image.layout, platform.digest, carrier, archive);
  await host.run(kind, ['load', 'image-archive', archive, '--name', cluster.name]);
  const nodes = await host.run(kind, ['get', 'nodes', '--name', cluster.name], { log: silent });
  for (const node of nodes.stdout.split('\n').filter((name) => name !== '')) {
    const ctr = ['exec', node, 'ctr', '--namespace', 'k8s.io', 'images'];
    await host.run('docker', [...ctr, 'tag', '--force', carrier, `${repository}@${image.digest}`], { log: silent });
  }
  host.log.info(`loaded ${repository}@${image.digest} into the cluster, for ${platform.platform}`);
  return platform.digest;
}

/**
 * Whether a container runs the manifest that was loaded: the node's containerd tells which one it holds under the
 * container's imageID. The name alone would prove nothing, since we gave it.
 */
export async function runsManifest(host: StageHost, node: string, imageId: string, manifest: string): Promise<boolean> {
  const listed = await host.run('docker', ['exec', node, 'ctr', '--namespace', 'k8s.io', 'images', 'list'], {
    log: silent,
  });
  // A line is "REF TYPE DIGEST …".
  return listed.stdout.split('\n').some((line) => {
    const [ref, , digest] = line.split(/\s+/);
    return ref === imageId && digest === manifest;
  });
}
