import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../errors.ts';
import type { BuiltImage, StageHost } from '../stages/types.ts';
import { hostPlatform } from './platform.ts';

/** The transparency log and the tools that verify take no statement of any size. */
const longest = 8 * 1024 * 1024;

/**
 * What is in an image, as SPDX 2.3, found by syft in the layout. Of an image for several platforms it is the one of this
 * machine, else the first: they are built from the same modules. Errors: OR-SBOM, and those of finding syft.
 */
export async function spdxOf(host: StageHost, image: BuiltImage, repository: string): Promise<object> {
  const syft = await host.tool('syft');
  const platforms = image.platforms.map(({ platform }) => platform);
  const platform = platforms.find((each) => each === hostPlatform()) ?? platforms[0] ?? hostPlatform();
  const file = join(host.scratch, 'sbom.spdx.json');
  const names = ['--source-name', repository, '--source-version', image.digest];
  const args = ['scan', `oci-dir:${image.layout}`, '--platform', platform, ...names, '--output', `spdx-json=${file}`];
  const env = { SYFT_CHECK_FOR_APP_UPDATE: 'false' };
  const { exitCode, stderr } = await host.run(syft, ['--quiet', ...args], { env, allowFailure: true });
  if (exitCode !== 0) {
    throw new Problem('OR-SBOM', `syft cannot read the image of ${repository}`, {
      excerpt: stderr.trim().slice(-2000),
    });
  }
  const text = await readFile(file, 'utf8');
  if (text.length > longest) {
    throw new Problem('OR-SBOM', `the SBOM of ${repository} has ${text.length} bytes, too many to be signed`, {
      hint: 'switch it off with sign.sbom, or see what the image holds beside the manager',
    });
  }
  const document: unknown = JSON.parse(text);
  if (typeof document !== 'object' || document === null || !('spdxVersion' in document)) {
    throw new Problem('OR-SBOM', `syft wrote no SPDX document for ${repository}`);
  }
  return document;
}
