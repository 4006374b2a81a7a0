import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imagesOf, parseManifests } from '../../src/chart/rendered.ts';
import { parseManifest } from '../../src/registry/json.ts';
import { mediaTypes } from '../../src/registry/types.ts';
import type { RegistryFolder } from './registry-folder.ts';

/** What `helm template` makes of a published chart: its image references. Known by digest, as content never changes. */
export class ChartImages {
  readonly #folder: RegistryFolder;
  readonly #known = new Map<string, readonly string[]>();

  constructor(folder: RegistryFolder) {
    this.#folder = folder;
  }

  /** Throws when the registry does not hold all of the chart. */
  of(repository: string, digest: string): readonly string[] {
    const known = this.#known.get(digest) ?? this.#render(repository, digest);
    this.#known.set(digest, known);
    return known;
  }

  #render(repository: string, digest: string): readonly string[] {
    const manifest = this.#folder.manifest(repository, digest);
    if (manifest === null) throw new Error(`${repository}@${digest} is not there`);
    const layer = parseManifest(manifest, digest).layers.find(({ mediaType }) => mediaType === mediaTypes.chartContent);
    const tgz = layer === undefined ? null : this.#folder.blob(repository, layer.digest);
    if (tgz === null) throw new Error(`${repository}@${digest} has no content`);
    const temporary = mkdtempSync(join(tmpdir(), 'master-chart-'));
    try {
      writeFileSync(join(temporary, 'chart.tgz'), tgz);
      const rendered = execFileSync('helm', ['template', 'mini', join(temporary, 'chart.tgz')], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
      return imagesOf(parseManifests(rendered, 'the published chart'));
    } finally {
      rmSync(temporary, { recursive: true });
    }
  }
}
