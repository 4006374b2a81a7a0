import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { digestOf } from '../../src/registry/digest.ts';
import { blobPath } from '../../src/registry/read-layout.ts';
import { mediaTypes } from '../../src/registry/types.ts';

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

interface Entry {
  mediaType: string;
  digest: string;
  size: number;
  platform?: { os: string; architecture: string; variant?: string };
  annotations?: Record<string, string>;
}

export interface MadeLayout {
  readonly dir: string;
  /** Digest of the index. */
  readonly digest: string;
  readonly blobs: number;
  /** Digest of each platform's manifest. */
  readonly platforms: Readonly<Record<string, string>>;
}

async function tarOf(name: string, text: string | Buffer): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name, mtime: new Date(0), mode: 0o755 }, text);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A layout as buildx writes it: an index with platforms that share a base layer, and an attestation when asked for. */
export async function makeLayout(
  dir: string,
  options: {
    readonly version?: string;
    readonly platforms?: readonly string[];
    readonly attested?: boolean;
    readonly bulk?: number;
    /** Of the index, and as labels of each platform, beside the version. */
    readonly annotations?: Readonly<Record<string, string>>;
  } = {},
): Promise<MadeLayout> {
  const { version = '1.0.0', platforms = ['linux/amd64', 'linux/arm64'], attested = true, bulk = 0 } = options;
  const labels = { 'org.opencontainers.image.version': version, ...options.annotations };
  const written = new Set<string>();
  const put = async (mediaType: string, bytes: Buffer): Promise<Entry> => {
    const digest = digestOf(bytes);
    await mkdir(dirname(blobPath(dir, digest)), { recursive: true });
    await writeFile(blobPath(dir, digest), bytes);
    written.add(digest);
    return { mediaType, digest, size: bytes.length };
  };
  const putJson = (mediaType: string, value: object): Promise<Entry> =>
    put(mediaType, Buffer.from(JSON.stringify(value)));

  const base = await tarOf('etc/base', 'shared by all platforms');
  const shared = await put(layerType, gzipSync(base));
  const entries: Entry[] = [];
  const digests: Record<string, string> = {};
  for (const platform of platforms) {
    const [os = '', architecture = '', variant] = platform.split('/');
    const program = await tarOf(
      'manager',
      Buffer.concat([Buffer.from(`${platform} ${version}`), Buffer.alloc(bulk, 7)]),
    );
    const layer = await put(layerType, gzipSync(program, { level: bulk > 0 ? 0 : 6 }));
    const where = { os, architecture, ...(variant === undefined ? {} : { variant }) };
    const config = await putJson('application/vnd.oci.image.config.v1+json', {
      ...where,
      config: { Entrypoint: ['/manager'], Labels: labels },
      rootfs: { type: 'layers', diff_ids: [digestOf(base), digestOf(program)] },
    });
    const manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [shared, layer] };
    const entry = await putJson(mediaTypes.manifest, manifest);
    digests[platform] = entry.digest;
    entries.push({ ...entry, platform: where });
  }
  if (attested) {
    const statement = await putJson('application/vnd.in-toto+json', { subject: digests, version });
    const config = await putJson('application/vnd.oci.image.config.v1+json', {
      os: 'unknown',
      architecture: 'unknown',
      rootfs: { type: 'layers', diff_ids: [statement.digest] },
    });
    const manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [statement] };
    const annotations = { 'vnd.docker.reference.type': 'attestation-manifest' };
    entries.push({
      ...(await putJson(mediaTypes.manifest, manifest)),
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations,
    });
  }
  const top = await putJson(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: entries,
    annotations: labels,
  });
  await writeFile(join(dir, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [top] }));
  return { dir, digest: top.digest, blobs: written.size - entries.length - 1, platforms: digests };
}
