import { createWriteStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { Pack } from 'tar-stream';
import { digestLike, mismatch } from './digest.ts';
import { parseManifest } from './json.ts';
import { blobPath } from './read-layout.ts';
import { layoutVersion } from './pull-platform.ts';
import { parseReference } from './reference.ts';
import { mediaTypes } from './types.ts';
import type { Descriptor } from './types.ts';

const fixed = { mode: 0o644, uid: 0, gid: 0, mtime: new Date(0), type: 'file' } as const;

function nameInArchive(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function addBytes(tar: Pack, name: string, bytes: string | Buffer): void {
  tar.entry({ ...fixed, name, size: Buffer.byteLength(bytes) }, bytes);
}

async function addFile(tar: Pack, name: string, size: number, file: string): Promise<void> {
  const handle = await open(file);
  await new Promise<void>((resolve, reject) => {
    const entry = tar.entry({ ...fixed, name, size }, (error) => (error ? reject(error) : resolve()));
    entry.on('error', reject);
    const from = handle.createReadStream();
    from.on('error', (error) => entry.destroy(error));
    from.pipe(entry as unknown as Writable);
  });
}

/**
 * Writes a one-platform OCI archive for `kind load image-archive`, `ctr images import` and `docker load`. The image is known
 * there as `imageName` (with a tag), its digest is `platformManifestDigest`. The same image and name give the same bytes.
 */
export async function writeArchive(
  layoutDir: string,
  platformManifestDigest: string,
  imageName: string,
  tarPath: string,
): Promise<void> {
  const { tag } = parseReference(imageName);
  const manifest = await readFile(blobPath(layoutDir, platformManifestDigest));
  const got = digestLike(platformManifestDigest, manifest);
  if (got !== platformManifestDigest) throw mismatch(`a manifest of ${layoutDir}`, platformManifestDigest, got);
  const { config, layers } = parseManifest(manifest, `the manifest ${platformManifestDigest}`);
  const { mediaType } = JSON.parse(manifest.toString()) as { mediaType?: string };
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [
      {
        mediaType: mediaType ?? mediaTypes.manifest,
        digest: platformManifestDigest,
        size: manifest.length,
        annotations: {
          'io.containerd.image.name': imageName,
          'org.opencontainers.image.ref.name': tag ?? 'latest',
        },
      },
    ],
  };
  // What engines without OCI archives read; containerd takes index.json.
  const dockerIndex = [
    {
      Config: nameInArchive(config.digest),
      RepoTags: [imageName],
      Layers: layers.map(({ digest }) => nameInArchive(digest)),
    },
  ];
  const blobs = new Map<string, Descriptor>([config, ...layers].map((blob) => [blob.digest, blob]));

  const tar = pack();
  const written = pipeline(tar, createWriteStream(tarPath));
  const filled = (async () => {
    addBytes(tar, 'oci-layout', layoutVersion);
    addBytes(tar, 'index.json', JSON.stringify(index));
    addBytes(tar, 'manifest.json', JSON.stringify(dockerIndex));
    addBytes(tar, nameInArchive(platformManifestDigest), manifest);
    for (const blob of blobs.values()) {
      await addFile(tar, nameInArchive(blob.digest), blob.size, blobPath(layoutDir, blob.digest));
    }
    tar.finalize();
  })().catch((error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  await Promise.all([filled, written]);
}
