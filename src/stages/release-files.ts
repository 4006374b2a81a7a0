import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pLimit from 'p-limit';
import { assetName } from '../github/asset-name.ts';
import type { AssetWish } from '../github/release-types.ts';
import { silent } from '../log.ts';
import { asset, checksums, globAssets } from '../release/assets.ts';
import { crdDocuments } from '../release/crds.ts';
import { filesBelow } from '../release/files.ts';
import { receiptName, receiptOf } from '../release/receipt.ts';
import type { ReceiptPart } from '../release/receipt.ts';
import type { StageContext } from './types.ts';

type Releasing = StageContext<'release'>;

/** Processes of Helm. */
const atOnce = 8;

/** CRDs to apply before an upgrade. */
export interface Crds {
  /** Manifests. */
  readonly text: string;
  /** In the chart's folder `crds/`, which Helm installs and never upgrades; else they come with its templates. */
  readonly beside: boolean;
}

/** The CRDs of each operator that has some, by its name. */
export async function crdsOfParts(
  context: Releasing,
  parts: readonly ReceiptPart[],
): Promise<ReadonlyMap<string, Crds>> {
  const limit = pLimit(atOnce);
  const found = await Promise.all(parts.map((part) => limit(() => crdsOf(context, part))));
  const named = parts.map(({ operator }, at) => [operator.name, found[at] ?? null] as const);
  return new Map(named.flatMap(([name, crds]) => (crds === null ? [] : [[name, crds] as const])));
}

/** Those that the chart leaves alone in an upgrade, or else those of install.yaml. */
async function crdsOf(context: Releasing, { operator, artifacts }: ReceiptPart): Promise<Crds | null> {
  const { chart, installYaml } = artifacts;
  if (chart !== undefined) {
    const shown = await context.run(await context.tool('helm'), ['show', 'crds', chart.file], { log: silent });
    const text = crdDocuments(shown.stdout, `crds/ of the chart of ${operator.name}`);
    if (text !== null) return { text, beside: true };
  }
  if (installYaml === undefined) return null;
  const text = crdDocuments(await readFile(installYaml, 'utf8'), 'install.yaml');
  return text === null ? null : { text, beside: false };
}

/** Charts, install manifests, CRDs, configured files, the receipt, and last the checksums of all of them. */
export async function gather(
  context: Releasing,
  tag: string,
  parts: readonly ReceiptPart[],
  crds: ReadonlyMap<string, Crds>,
): Promise<readonly AssetWish[]> {
  const folder = join(context.scratch, 'assets');
  await mkdir(folder, { recursive: true });
  const assets: AssetWish[] = [];
  for (const { operator, artifacts } of parts) {
    if (artifacts.chart !== undefined) assets.push(await asset(artifacts.chart.file));
    if (artifacts.installYaml !== undefined) {
      const file = join(folder, assetName('install.yaml', operator.name, parts));
      await copyFile(artifacts.installYaml, file);
      assets.push(await asset(file));
    }
    const ofOperator = crds.get(operator.name);
    if (ofOperator !== undefined) {
      const file = join(folder, assetName('crds.yaml', operator.name, parts));
      await writeFile(file, ofOperator.text);
      assets.push(await asset(file));
    }
  }
  if (context.task.assets.length > 0) {
    const files = (await filesBelow(context.root)).map((file) => relative(context.root, file));
    assets.push(...(await globAssets(context.root, files, context.task.assets)));
  }
  const receipt = join(folder, receiptName);
  await writeFile(
    receipt,
    `${JSON.stringify(receiptOf(context.plan, tag, context.operator.version.text, parts), null, 2)}\n`,
  );
  assets.push(await asset(receipt));
  assets.push(await checksums(assets, join(folder, 'checksums.txt')));
  return assets;
}
