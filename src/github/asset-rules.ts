import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Problem, raise } from '../errors.ts';
import type { AssetWish } from './release-types.ts';

/** GitHub replaces other characters and drops periods at the ends (docs.github.com/rest/releases/assets, "Upload"). */
const keptByGitHub = /^[A-Za-z0-9_+-]([A-Za-z0-9._+-]*[A-Za-z0-9_+-])?$/;
const maxName = 255;
/** docs.github.com/repositories/releasing-projects-on-github/about-releases, "Storage and bandwidth quotas". */
const maxAssets = 1000;
const maxBytes = 2 * 1024 ** 3;

/**
 * Finds, before anything is asked of GitHub, what GitHub would refuse or rename. Throws all of it at once:
 * OR-RELEASE-ASSET-NAME, OR-RELEASE-ASSET-FILE, OR-RELEASE-ASSET-COUNT.
 */
export async function checkAssets(assets: readonly AssetWish[]): Promise<void> {
  const problems = [...checkNames(assets)];
  for (const asset of assets) {
    const reason = await checkFile(asset);
    if (reason !== null) {
      problems.push(
        new Problem('OR-RELEASE-ASSET-FILE', `release asset ${asset.name}: ${reason}`, {
          hint: `see what writes ${asset.path} while the release is made`,
        }),
      );
    }
  }
  raise(problems);
}

function* checkNames(assets: readonly AssetWish[]): Generator<Problem> {
  if (assets.length > maxAssets) {
    yield new Problem('OR-RELEASE-ASSET-COUNT', `${assets.length} release assets, GitHub takes ${maxAssets}`, {
      hint: 'put files that belong together into an archive, or narrow `release.assets`',
    });
  }
  const seen = new Map<string, AssetWish>();
  for (const asset of assets) {
    const { name, path } = asset;
    if (!keptByGitHub.test(name) || name.length > maxName) {
      yield new Problem(
        'OR-RELEASE-ASSET-NAME',
        `release asset ${JSON.stringify(name)}: GitHub would store it under another name`,
        {
          hint: 'use letters, digits, and . _ + - (no period at the ends), at most 255 characters',
        },
      );
    }
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      yield new Problem(
        'OR-RELEASE-ASSET-NAME',
        `two release assets would have the name ${name}: ${other.path} and ${path}`,
        {
          hint: 'GitHub knows assets by their file name alone, and many disks by that in any case; rename one, or narrow `release.assets`',
        },
      );
    }
    seen.set(name.toLowerCase(), asset);
  }
}

async function checkFile(asset: AssetWish): Promise<string | null> {
  try {
    const { size } = await stat(asset.path);
    if (size === 0) return 'the file is empty, GitHub refuses it';
    if (size >= maxBytes) return `the file has ${size} bytes, GitHub takes less than 2 GiB`;
    const digest = await digestOfFile(asset.path);
    return digest === asset.digest ? null : `the file is ${digest}, planned was ${asset.digest}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return `cannot be read: ${error.message}`;
    throw error;
  }
}

/** `sha256:…` of a file, read as a stream. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
