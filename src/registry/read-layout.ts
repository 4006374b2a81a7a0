import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../errors.ts';
import { digestLike, mismatch } from './digest.ts';
import {
  isAttestation,
  isIndex,
  labelsOf,
  parseIndex,
  parseJson,
  parseManifest,
  platformOf,
  printPlatform,
} from './json.ts';
import type { Entry, ImageManifest } from './json.ts';
import { isDigest } from './reference.ts';
import type { Descriptor, Manifest } from './types.ts';

/** One platform's image in a layout. */
export interface PlatformImage {
  /** `linux/amd64` */
  readonly platform: string;
  /** Of its manifest. */
  readonly digest: string;
  /** Bytes that a node fetches: configuration and layers. */
  readonly size: number;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** An image in an OCI image layout, the folder that buildx (`type=oci,tar=false`) and ko (`--oci-layout-path`) write. */
export interface Layout {
  readonly dir: string;
  /** Of `top`. */
  readonly digest: string;
  /** What gets the public names: the index, or the manifest where there is one platform and no index. */
  readonly top: Manifest;
  /** Without attestations. In the order of the index. */
  readonly platforms: readonly PlatformImage[];
  /** Every manifest below the top, children first; attestations too. */
  readonly children: readonly Manifest[];
  /** Every configuration and layer, each once. */
  readonly blobs: readonly Descriptor[];
}

/** An index of indexes is allowed; more depth is nobody's image. */
const maxDepth = 4;

/** The file of a blob. A digest is checked first, so it cannot lead out of the folder. */
export function blobPath(dir: string, digest: string): string {
  if (!isDigest(digest)) throw new Problem('OR-REGISTRY-CONTENT', `${JSON.stringify(digest)} is not a digest`);
  const [algorithm = '', hex = ''] = digest.split(':');
  return join(dir, 'blobs', algorithm, hex);
}

async function readBlob(dir: string, digest: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(blobPath(dir, digest));
  } catch (error) {
    throw new Problem('OR-REGISTRY-CONTENT', `the image layout ${dir} lacks the blob ${digest}`, { cause: error });
  }
  const got = digestLike(digest, bytes);
  if (got !== digest) throw mismatch(`a blob of ${dir}`, digest, got);
  return bytes;
}

/** The configuration of an image: labels, environment, entry point. */
export async function readConfig(dir: string, digest: string): Promise<Readonly<Record<string, unknown>>> {
  return parseJson(await readBlob(dir, digest), `the configuration ${digest}`);
}

/** `config.Labels` of one platform. */
export async function readLabels(dir: string, image: PlatformImage): Promise<Readonly<Record<string, string>>> {
  return labelsOf(await readConfig(dir, image.config.digest));
}

async function findTop(dir: string, wanted: string | undefined): Promise<Entry> {
  const file = join(dir, 'index.json');
  let text: Buffer;
  try {
    text = await readFile(file);
  } catch (error) {
    throw new Problem('OR-REGISTRY-CONTENT', `${dir} is not an OCI image layout: no index.json`, { cause: error });
  }
  // One image under several names has several entries.
  const found = new Map(parseIndex(text, file).map((each) => [each.digest, each]));
  const [first, ...others] = wanted === undefined ? [...found.values()] : [found.get(wanted)];
  if (first === undefined || others.length > 0) {
    const held = [...found.keys()].join(', ') || 'nothing';
    throw new Problem('OR-REGISTRY-CONTENT', `${file} does not hold exactly the one image that is wanted, but ${held}`);
  }
  return first;
}

class Walk {
  readonly platforms: PlatformImage[] = [];
  readonly children = new Map<string, Manifest>();
  readonly blobs = new Map<string, Descriptor>();
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  async visit(at: Entry, depth: number): Promise<Manifest> {
    if (depth > maxDepth) throw new Problem('OR-REGISTRY-CONTENT', `the indexes of ${this.#dir} are nested too deep`);
    const bytes = await readBlob(this.#dir, at.digest);
    const what = `the manifest ${at.digest}`;
    if (isIndex(at.mediaType)) {
      for (const child of parseIndex(bytes, what)) {
        if (!this.children.has(child.digest)) this.children.set(child.digest, await this.visit(child, depth + 1));
      }
    } else {
      await this.#image(at, parseManifest(bytes, what));
    }
    return { mediaType: at.mediaType, digest: at.digest, size: bytes.length, bytes };
  }

  async #image(at: Entry, image: ImageManifest): Promise<void> {
    for (const blob of [image.config, ...image.layers]) this.blobs.set(blob.digest, descriptor(blob));
    if (isAttestation(at)) return;
    const platform = at.platform ?? platformOf(await readConfig(this.#dir, image.config.digest));
    if (platform === null) return;
    this.platforms.push({
      platform: printPlatform(platform),
      digest: at.digest,
      size: [image.config, ...image.layers].reduce((sum, blob) => sum + blob.size, 0),
      config: descriptor(image.config),
      layers: image.layers.map(descriptor),
    });
  }
}

function descriptor({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

/**
 * Reads the image of a layout and verifies every manifest and that every blob is there with its size. `digest` chooses one
 * where the folder holds several. Throws `Problem` OR-REGISTRY-CONTENT or OR-REGISTRY-DIGEST.
 */
export async function readLayout(dir: string, digest?: string): Promise<Layout> {
  const walk = new Walk(dir);
  const top = await walk.visit(await findTop(dir, digest), 0);
  const blobs = [...walk.blobs.values()];
  for (const blob of blobs) {
    const size = await stat(blobPath(dir, blob.digest)).then(
      (found) => found.size,
      () => null,
    );
    if (size !== blob.size) {
      throw new Problem(
        'OR-REGISTRY-CONTENT',
        `the image layout ${dir} ${size === null ? 'lacks' : 'has a part of'} the blob ${blob.digest}`,
      );
    }
  }
  return { dir, digest: top.digest, top, platforms: walk.platforms, children: [...walk.children.values()], blobs };
}
