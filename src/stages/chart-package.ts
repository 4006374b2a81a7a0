import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { repack } from '../chart/pack.ts';
import { imagesOf } from '../chart/rendered.ts';
import { renderChart } from '../chart/render.ts';
import { chartWithDependencies, readChart } from '../chart/source.ts';
import { findImageValues, pinImage } from '../chart/values.ts';
import type { ImageValues } from '../chart/values.ts';
import { silent } from '../log.ts';
import { Problem } from '../errors.ts';
import { isPinnedTo } from '../image/reference.ts';
import type { ChartPlan, ImagePlan } from '../plan/types.ts';
import { imageOf } from './image-of.ts';
import type { Stage, StageContext } from './types.ts';

type Packaging = StageContext<'chart-package'>;

/**
 * Packs the chart once: version, appVersion and the image's digest stamped on a copy. The package itself is rendered
 * then, and the manager's image in it has to be the one just built. These bytes are tested, pushed and released.
 */
export const chartPackage: Stage<'chart-package'> = {
  name: 'chart-package',
  run: async (context) => {
    const chart = context.operator.chart;
    if (chart === null) throw new Error('the plan packages a chart for an operator without one');
    const helm = await context.tool('helm');
    const folder = await chartWithDependencies(context, helm, chart.path, 'package');
    const image = context.operator.image;
    const digest = image === null ? null : (await imageOf(context)).digest;
    const pinned = image === null || digest === null ? null : await stamp(context, folder, chart, image, digest);

    const target = join(context.scratch, 'packages');
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    const versions = ['--version', chart.version, '--app-version', chart.appVersion];
    await context.run(helm, ['package', folder, ...versions, '--destination', target]);
    const file = join(target, `${chart.name}-${chart.version}.tgz`);
    const sha256 = await repack(file, context.plan.event.commitTime);

    if (image !== null && digest !== null) await checkImages(context, helm, file, chart, image, digest);
    const metadata = await packedMetadata(context, helm, file);
    const pullPolicyKey = pinned?.keys.includes('pullPolicy') === true ? [...pinned.path, 'pullPolicy'].join('.') : null;
    context.artifacts.chart = { file, sha256, metadata, pullPolicyKey };
    context.log.info(`${basename(file)} sha256:${sha256}`);
    context.note(`${chart.name} ${chart.version}`);
  },
};

async function stamp(
  context: Packaging,
  folder: string,
  chart: ChartPlan,
  image: ImagePlan,
  digest: string,
): Promise<ImageValues> {
  const file = join(folder, 'values.yaml');
  const values = await readFile(file, 'utf8').catch(() => '');
  const place = findImageValues(values, context.task.imageValues);
  if (place === null) {
    const wanted = context.task.imageValues;
    throw new Problem(
      'OR-CHART-IMAGE-VALUES',
      wanted === null
        ? `${chart.path}/values.yaml has no image in a place that is known`
        : `${chart.path}/values.yaml has no image at ${wanted}`,
      {
        hint: 'name the mapping with repository and tag in operators[].chart.imagePath, for example manager.image',
        at: { file: `${chart.path}/values.yaml` },
      },
    );
  }
  await writeFile(file, pinImage(values, place, { repository: image.repository, tag: image.deployedTag, digest }));
  return place;
}

/** What users will install has to name the tested image, by digest. */
async function checkImages(
  context: Packaging,
  helm: string,
  file: string,
  chart: ChartPlan,
  image: ImagePlan,
  digest: string,
): Promise<void> {
  const images = imagesOf(await renderChart(context, helm, file, chart.path));
  for (const found of images) context.log.info(`renders image ${found}`);
  if (images.some((found) => isPinnedTo(found, image, digest))) return;
  throw new Problem('OR-CHART-IMAGE', `the packaged chart does not deploy ${image.repository}@${digest}`, {
    hint: 'the template composes the image from other values; name their mapping in operators[].chart.imagePath',
    excerpt: `it renders: ${images.length === 0 ? 'no image at all' : images.join(', ')}`,
    at: { file: `${chart.path}/values.yaml` },
  });
}

/** Chart.yaml as Helm wrote it into the package: what the registry's config blob has to say. */
async function packedMetadata(context: Packaging, helm: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  const unpacked = join(context.scratch, 'chart-shown');
  await mkdir(unpacked, { recursive: true });
  const shown = await context.run(helm, ['show', 'chart', file], { log: silent });
  await writeFile(join(unpacked, 'Chart.yaml'), shown.stdout);
  return readChart(unpacked, basename(file));
}
