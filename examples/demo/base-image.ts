import { digestOf } from '../../src/registry/digest.ts';
import { ensureTag } from '../../src/registry/ensure.ts';
import { mediaTypes } from '../../src/registry/types.ts';
import type { Descriptor, Manifest, Registry } from '../../src/registry/types.ts';

/**
 * Puts an image without a single file into the registry, for two architectures, and gives its name: `FROM scratch` for
 * ko, which takes its base from a registry. Static Go programs need no more; the user is distroless' `nonroot`.
 */
export async function pushEmptyBase(registry: Registry, host: string): Promise<string> {
  const repository = `${host}/base/empty`;
  const manifests: (Descriptor & { readonly platform: object })[] = [];
  for (const architecture of ['amd64', 'arm64']) {
    const platform = { architecture, os: 'linux' };
    const config = json({ ...platform, config: { User: '65532:65532' }, rootfs: { type: 'layers', diff_ids: [] } });
    const { digest, length: size } = { digest: digestOf(config), length: config.length };
    await registry.uploadBlob(repository, { digest, size }, { bytes: config });
    const mediaType = 'application/vnd.oci.image.config.v1+json';
    const manifest = manifestOf(mediaTypes.manifest, { config: { mediaType, digest, size }, layers: [] });
    await ensureManifest(registry, repository, manifest);
    manifests.push({ mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.size, platform });
  }
  const index = manifestOf(mediaTypes.index, { manifests });
  await ensureTag(registry, repository, 'latest', index, { immutable: false });
  return `${repository}:latest`;
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function manifestOf(mediaType: string, content: object): Manifest {
  const bytes = json({ schemaVersion: 2, mediaType, ...content });
  return { mediaType, digest: digestOf(bytes), size: bytes.length, bytes };
}

async function ensureManifest(registry: Registry, repository: string, manifest: Manifest): Promise<void> {
  if ((await registry.headManifest(repository, manifest.digest)) !== null) return;
  await registry.putManifest(repository, manifest.digest, manifest.bytes, manifest.mediaType);
}
