import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat, writeFile } from 'node:fs/promises';
import { basename, join, matchesGlob, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Problem } from '../errors.ts';
import type { AssetWish } from '../github/release-types.ts';

const contentTypes: readonly (readonly [RegExp, string])[] = [
  [/\.tgz$|\.tar\.gz$/, 'application/gzip'],
  [/\.ya?ml$/, 'application/yaml'],
  [/\.json$/, 'application/json'],
  [/\.txt$/, 'text/plain'],
];

/** A file as a release's asset, with its digest. */
export async function asset(path: string, name: string = basename(path)): Promise<AssetWish> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const contentType = contentTypes.find(([ending]) => ending.test(name))?.[1] ?? 'application/octet-stream';
  return { name, path, contentType, digest: `sha256:${hash.digest('hex')}` };
}

/** `checksums.txt` as `sha256sum --check` reads it, sorted by name. */
export async function checksums(assets: readonly AssetWish[], file: string): Promise<AssetWish> {
  const lines = assets.map(({ digest, name }) => `${digest.slice('sha256:'.length)}  ${name}\n`);
  await writeFile(file, lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join(''));
  return asset(file);
}

/** Never part of a release, whatever a glob says. */
const forbidden =
  /(^|\/)(\.git(\/|$)|\.env(\.|rc$|$)|\.(netrc|npmrc|pypirc|git-credentials|dockercfg|dockerconfigjson|vault-token)$|\.(docker|kube|aws|azure|ssh|gnupg)\/|\.config\/(helm|gh|gcloud|containers)\/|helm\/registry(\.json$|\/config\.json$)|id_(rsa|dsa|ecdsa|ed25519)|[^/]*\.(pem|key|p12|pfx|jks|ppk)$|[^/]*kubeconfig|[^/]*\.tfstate)/i;

/**
 * The files that a configured glob means, each once, below the repository's root, also through links.
 * Errors: OR-RELEASE-GLOB when it matches nothing, OR-RELEASE-FILE for a file that must not leave.
 */
export async function globAssets(
  root: string,
  files: readonly string[],
  globs: readonly string[],
): Promise<AssetWish[]> {
  const found = new Map<string, AssetWish>();
  for (const glob of globs) {
    const matches = files.filter((file) => matchesGlob(file, glob));
    if (matches.length === 0) {
      throw new Problem('OR-RELEASE-GLOB', `release.assets: "${glob}" matches no file`, {
        hint: 'paths count from the root of the repository; a command in release.before can make the file',
      });
    }
    for (const match of matches) {
      if (!(await mayLeave(root, match))) {
        throw new Problem(
          'OR-RELEASE-FILE',
          `release.assets: "${glob}" matches ${match}, which must not be published`,
          {
            hint: 'it lies outside the repository, is no file, or may hold a secret; narrow the glob',
          },
        );
      }
      if (!found.has(match)) found.set(match, await asset(join(root, match)));
    }
  }
  return [...found.values()];
}

async function mayLeave(root: string, file: string): Promise<boolean> {
  try {
    const real = await realpath(join(root, file));
    const inside = relative(await realpath(root), real);
    return !inside.startsWith('..') && !forbidden.test(file) && !forbidden.test(inside) && (await stat(real)).isFile();
  } catch {
    // A link to nothing.
    return false;
  }
}
