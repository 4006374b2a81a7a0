import { Problem } from '../errors.ts';
import { isDigest } from './reference.ts';
import { mediaTypes } from './types.ts';
import type { Descriptor, Manifest } from './types.ts';

/** A descriptor in an index or manifest, with what only some of them have. */
export interface Entry extends Descriptor {
  readonly platform: Platform | null;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | null;
}

export interface ImageManifest {
  readonly config: Entry;
  readonly layers: readonly Entry[];
  readonly annotations: Readonly<Record<string, string>>;
}

type Json = Readonly<Record<string, unknown>>;

function wrong(what: string, why: string): Problem {
  return new Problem('OR-REGISTRY-CONTENT', `${what} cannot be read: ${why}`, {
    hint: 'it is not an OCI image layout or manifest as buildx, ko and helm write them',
  });
}

export function parseJson(bytes: Buffer | string, what: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (error) {
    throw wrong(what, error instanceof Error ? error.message : 'no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(what, 'no JSON object');
  return value as Json;
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function strings(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(object(value)).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

/** Null where there is nothing to read; `unknown/unknown` is what buildx gives to attestations. */
export function platformOf(value: unknown): Platform | null {
  const { os, architecture, variant } = object(value);
  if (typeof os !== 'string' || typeof architecture !== 'string') return null;
  return { os, architecture, variant: typeof variant === 'string' && variant !== '' ? variant : null };
}

function entry(value: unknown, what: string): Entry {
  const { mediaType, digest, size, platform, annotations } = object(value);
  if (typeof digest !== 'string' || !isDigest(digest)) throw wrong(what, 'a descriptor without a digest');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw wrong(what, 'a descriptor without a size');
  return {
    mediaType: typeof mediaType === 'string' ? mediaType : '',
    digest,
    size,
    platform: platformOf(platform),
    annotations: strings(annotations),
  };
}

function entries(value: unknown, what: string): Entry[] {
  if (!Array.isArray(value)) throw wrong(what, 'a list is missing');
  return value.map((item) => entry(item, what));
}

/** The annotations of an image manifest or index. */
export function manifestAnnotations({ bytes, digest }: Manifest): Readonly<Record<string, string>> {
  return strings(parseJson(bytes, `the manifest ${digest}`)['annotations']);
}

/** `config.Labels` of an image configuration. */
export function labelsOf(config: Json): Readonly<Record<string, string>> {
  return strings(object(config['config'])['Labels']);
}

/** What buildx adds to an index beside the platforms: provenance and SBOM, no image to run. */
export function isAttestation({ platform, annotations }: Entry): boolean {
  return platform?.os === 'unknown' || annotations['vnd.docker.reference.type'] === 'attestation-manifest';
}

export function isIndex(mediaType: string): boolean {
  return mediaType === mediaTypes.index || mediaType === mediaTypes.dockerList;
}

export function parseIndex(bytes: Buffer | string, what: string): Entry[] {
  return entries(parseJson(bytes, what)['manifests'], what);
}

export function parseManifest(bytes: Buffer | string, what: string): ImageManifest {
  const { config, layers, annotations } = parseJson(bytes, what);
  return { config: entry(config, what), layers: entries(layers, what), annotations: strings(annotations) };
}

/** `linux/amd64`, `linux/arm/v7`; `v8` goes without saying for arm64. */
export function printPlatform({ os, architecture, variant }: Platform): string {
  const shown = variant === null || (architecture === 'arm64' && variant === 'v8') ? '' : `/${variant}`;
  return `${os}/${architecture}${shown}`;
}

/** `text` as a user writes it; `linux/arm64/v8` and `linux/arm64` are the same. */
export function isPlatform(platform: Platform, text: string): boolean {
  const [os = '', architecture = '', variant] = text.split('/');
  return printPlatform(platform) === printPlatform({ os, architecture, variant: variant ?? null });
}
