import { Problem } from '../errors.ts';
import { digestOf } from './digest.ts';
import { conflict, ensureTag } from './ensure.ts';
import type { Ensured } from './ensure.ts';
import { parseManifest } from './json.ts';
import { readPresent } from './present.ts';
import { putWhole } from './put-whole.ts';
import { printName } from './reference.ts';
import { mediaTypes } from './types.ts';
import type { Descriptor, Manifest, Registry } from './types.ts';

export interface ChartPush {
  /** `host[:port]/path/<chart name>`, without `oci://`. */
  readonly repository: string;
  /** Strict semver, as in Chart.yaml. */
  readonly version: string;
  /** Another tag than the version's, which may be replaced by a later run: for what is not published yet. */
  readonly candidate?: string;
  /** The packed chart, as it goes to the release too. */
  readonly tgz: Buffer;
  /** Chart.yaml of the packed chart. */
  readonly chartYaml: Readonly<Record<string, unknown>>;
  /** Go last and win: `org.opencontainers.image.source` and `.revision` belong here. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Called once the chart is in the repository, before its version names it. */
  readonly beforeName?: BeforeName;
  /** Time of the commit; seconds since 1970, as in the plan. */
  readonly created: number;
}

/** What has to be done for a manifest that is in the repository, before its version names it. */
export type BeforeName = (manifest: Descriptor) => Promise<void>;

export interface PulledChart {
  readonly digest: string;
  readonly tgz: Buffer;
  readonly annotations: Readonly<Record<string, string>>;
}

/** An OCI tag has no `+`; helm writes `_` for it and reads it back so. */
export function chartTag(version: string): string {
  return version.replaceAll('+', '_');
}

function words(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function maintainers(value: unknown): string | null {
  if (!Array.isArray(value)) return null;
  const people = value.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return [];
    const { name, email } = item as Record<string, unknown>;
    const mail = words(email);
    return words(name) === null ? [] : [`${String(name)}${mail === null ? '' : ` (${mail})`}`];
  });
  return people.length === 0 ? null : people.join(', ');
}

/** The annotations that helm sets, from the same fields, in a fixed order. */
function annotationsOf({ chartYaml, version, annotations, created }: ChartPush): Record<string, string> {
  const own =
    typeof chartYaml['annotations'] === 'object' && chartYaml['annotations'] !== null ? chartYaml['annotations'] : {};
  const sources = Array.isArray(chartYaml['sources']) ? (chartYaml['sources'] as unknown[]) : [];
  const derived: Readonly<Record<string, string | null>> = {
    title: words(chartYaml['name']),
    version,
    description: words(chartYaml['description']),
    url: words(chartYaml['home']),
    source: words(sources[0]),
    authors: maintainers(chartYaml['maintainers']),
    created: new Date(created * 1000).toISOString().replace('.000Z', 'Z'),
  };
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(own)) if (typeof value === 'string') all.set(key, value);
  for (const [key, value] of Object.entries(derived)) {
    if (value !== null) all.set(`org.opencontainers.image.${key}`, value);
  }
  for (const [key, value] of Object.entries(annotations)) all.set(key, value);
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The manifest of a chart, with its configuration. The same chart and commit give the same bytes. */
export function chartManifest(chart: ChartPush): { readonly manifest: Manifest; readonly config: Buffer } {
  const config = Buffer.from(JSON.stringify(chart.chartYaml));
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: { mediaType: mediaTypes.chartConfig, digest: digestOf(config), size: config.length },
      layers: [{ mediaType: mediaTypes.chartContent, digest: digestOf(chart.tgz), size: chart.tgz.length }],
      annotations: annotationsOf(chart),
    }),
  );
  return { manifest: { mediaType: mediaTypes.manifest, digest: digestOf(bytes), size: bytes.length, bytes }, config };
}

function contentOf(
  manifest: Manifest,
  name: string,
): { readonly digest: string; readonly size: number; readonly mediaType: string } {
  const layer = parseManifest(manifest.bytes, name).layers.find(
    ({ mediaType }) => mediaType === mediaTypes.chartContent,
  );
  if (layer === undefined) {
    throw new Problem('OR-REGISTRY-CONFLICT', `${name} is not a Helm chart but ${manifest.mediaType}`, {
      hint: 'a chart and an image cannot share a repository; change `charts` in the configuration',
    });
  }
  return layer;
}

/**
 * Publishes a chart in one step: two blobs, then one manifest under the tag (`helm push` makes three requests of it and fails where
 * a registry lags between them). The same packed bytes under the version are success, others OR-REGISTRY-CONFLICT.
 */
export async function pushChart(registry: Registry, chart: ChartPush): Promise<Ensured> {
  const { repository, tgz, candidate } = chart;
  const tag = candidate ?? chartTag(chart.version);
  const { manifest, config } = chartManifest(chart);
  if (candidate === undefined) {
    const there = await published(registry, repository, tag, digestOf(tgz));
    if (there !== null) return alreadyThere(there, chart.beforeName);
  }
  const send = async (): Promise<void> => {
    for (const bytes of [tgz, config]) {
      await registry.uploadBlob(repository, { digest: digestOf(bytes), size: bytes.length }, { bytes });
    }
  };
  await send();
  if (chart.beforeName !== undefined) {
    if ((await registry.headManifest(repository, manifest.digest)) === null) {
      await putWhole(registry, repository, manifest.digest, manifest, send);
    }
    await chart.beforeName(manifest);
  }
  return ensureTag(registry, repository, tag, manifest, { immutable: candidate === undefined, resend: send });
}

async function alreadyThere(there: Manifest, beforeName: BeforeName | undefined): Promise<Ensured> {
  await beforeName?.(there);
  return { digest: there.digest, written: false };
}

/** Gives a chart that is in the repository already its version: the very manifest, so that no digest changes. */
export async function nameChart(
  registry: Registry,
  repository: string,
  version: string,
  manifest: Manifest,
  beforeName?: BeforeName,
): Promise<Ensured> {
  const tag = chartTag(version);
  const { digest } = contentOf(manifest, printName(repository, manifest.digest));
  const there = await published(registry, repository, tag, digest);
  if (there !== null) return alreadyThere(there, beforeName);
  await beforeName?.(manifest);
  return ensureTag(registry, repository, tag, manifest, { immutable: true });
}

/** What a version's tag holds already, if it is this content; null when it is free. */
async function published(
  registry: Registry,
  repository: string,
  tag: string,
  content: string,
): Promise<Manifest | null> {
  const there = await registry.getManifest(repository, tag);
  if (there === null) return null;
  const name = printName(repository, tag);
  const { digest } = contentOf(there, name);
  if (digest !== content) throw conflict(name, digest, content);
  return there;
}

/** The packed bytes of a published chart, verified; null when there is none. `reference`: version, tag or digest. */
export async function pullChart(
  registry: Registry,
  repository: string,
  reference: string,
): Promise<PulledChart | null> {
  const tag = chartTag(reference);
  const manifest = await readPresent(registry, repository, tag);
  if (manifest === null) return null;
  const name = printName(repository, tag);
  const tgz = await registry.getBlobBytes(repository, contentOf(manifest, name));
  return { digest: manifest.digest, tgz, annotations: parseManifest(manifest.bytes, name).annotations };
}
