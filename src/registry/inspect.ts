import {
  isAttestation,
  isIndex,
  labelsOf,
  manifestAnnotations,
  parseIndex,
  parseJson,
  parseManifest,
  platformOf,
  printPlatform,
} from './json.ts';
import { need } from './present.ts';
import type { Manifest, Registry } from './types.ts';

/** What a pushed image says about itself. */
export interface ImageFacts {
  readonly digest: string;
  readonly platforms: readonly PlatformFacts[];
}

export interface PlatformFacts {
  /** `linux/amd64` */
  readonly platform: string;
  readonly digest: string;
  /** Labels of the configuration; the manifest's annotations where both name the same key. */
  readonly labels: Readonly<Record<string, string>>;
}

async function platformFacts(registry: Registry, repository: string, manifest: Manifest): Promise<PlatformFacts[]> {
  const { config } = parseManifest(manifest.bytes, `${repository}@${manifest.digest}`);
  const read = parseJson(await registry.getBlobBytes(repository, config), `the configuration ${config.digest}`);
  const platform = platformOf(read);
  if (platform === null) return [];
  const labels = { ...labelsOf(read), ...manifestAnnotations(manifest) };
  return [{ platform: printPlatform(platform), digest: manifest.digest, labels }];
}

/**
 * Platforms and labels of an image in a registry, each read from its own manifest and configuration, so that a hole shows.
 * Throws `Problem` OR-REGISTRY-ABSENT when the image or a part of it is missing.
 */
export async function inspectImage(registry: Registry, repository: string, tagOrDigest: string): Promise<ImageFacts> {
  const top = await need(registry, repository, tagOrDigest);
  if (!isIndex(top.mediaType)) return { digest: top.digest, platforms: await platformFacts(registry, repository, top) };
  const children = parseIndex(top.bytes, `${repository}@${top.digest}`).filter((child) => !isAttestation(child));
  const platforms: PlatformFacts[] = [];
  for (const { digest } of children) {
    platforms.push(...(await platformFacts(registry, repository, await need(registry, repository, digest))));
  }
  return { digest: top.digest, platforms };
}
