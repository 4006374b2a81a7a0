import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
import { pullChart } from '../registry/chart.ts';
import { digestOf } from './image-of.ts';
import { checkDeployed } from './image-gate.ts';
import type { PackagedChart, Stage, StageContext } from './types.ts';

type Packaging = StageContext<'chart-package'>;

/**
 * Packs the chart once, or takes the package that was tested already: version, appVersion and the image's digest stamped on a copy. The package itself is rendered
 * then, and the manager's image in it has to be the one just built. These bytes are tested, pushed and released.
 */
export const chartPackage: Stage<'chart-package'> = {
  name: 'chart-package',
  run: async (context) => {
    const chart = context.operator.chart;
    if (chart === null) throw new Error('the plan packages a chart for an operator without one');
    const helm = await context.tool('helm');
    const image = context.operator.image;
    const digest = image === null ? null : await digestOf(context);
    const { file, sha256, pullPolicyKey } =
      chart.promote === null
        ? await pack(context, helm, chart, image, digest)
        : await fetchTested(context, chart, chart.promote.digest);

    const images = imagesOf(await renderChart(context, helm, file, chart.path));
    for (const found of images) context.log.info(`renders image ${found}`);
    if (image !== null && digest !== null) checkImages(images, chart, image, digest);
    const metadata = await packedMetadata(context, helm, file);
    context.artifacts.chart = { file, sha256, metadata, images, pullPolicyKey };
    // What a leg leaves has no public name: `mode: finish` looks up the images of all operators together.
    const isLeg = context.operator.tasks.some((task) => task.stage === 'publish-chart' && task.candidate !== null);
    if (context.plan.event.publishes && !isLeg) await checkDeployed(context, 'packed');
    context.log.info(`${basename(file)} sha256:${sha256}`);
    context.note(`${chart.name} ${chart.version}${chart.promote === null ? '' : ', as it was tested'}`);
  },
};

type Package = Pick<PackagedChart, 'file' | 'sha256' | 'pullPolicyKey'>;

async function pack(
  context: Packaging,
  helm: string,
  chart: ChartPlan,
  image: ImagePlan | null,
  digest: string | null,
): Promise<Package> {
  const folder = await chartWithDependencies(context, helm, chart.path, 'package');
  const pinned = image === null || digest === null ? null : await stamp(context, folder, chart, image, digest);

  const file = await packageFile(context, chart);
  const versions = ['--version', chart.version, '--app-version', chart.appVersion];
  await context.run(helm, ['package', folder, ...versions, '--destination', dirname(file)]);
  const sha256 = await repack(file, context.plan.event.commitTime);

  const pullPolicyKey = pinned?.keys.includes('pullPolicy') === true ? [...pinned.path, 'pullPolicy'].join('.') : null;
  return { file, sha256, pullPolicyKey };
}

/** The package that a leg of the matrix tested and left in the registry. */
async function fetchTested(context: Packaging, chart: ChartPlan, digest: string): Promise<Package> {
  const pulled = await pullChart(context.registry, chart.repository, digest);
  if (pulled === null) {
    throw new Problem('OR-PUBLISH-CHART', `${chart.repository}@${digest} is not in the registry any more`, {
      hint: 'a cleanup may have taken it; run the job again that tested the chart',
    });
  }
  const file = await packageFile(context, chart);
  await writeFile(file, pulled.tgz);
  return { file, sha256: createHash('sha256').update(pulled.tgz).digest('hex'), pullPolicyKey: null };
}

/** Where the package goes, in an empty folder, under the name that Helm gives it. */
async function packageFile(context: Packaging, chart: ChartPlan): Promise<string> {
  const folder = join(context.scratch, 'packages');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return join(folder, `${chart.name}-${chart.version}.tgz`);
}

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
function checkImages(images: readonly string[], chart: ChartPlan, image: ImagePlan, digest: string): void {
  if (images.some((found) => isPinnedTo(found, image, digest))) return;
  throw new Problem('OR-CHART-IMAGE', `the packaged chart does not deploy ${image.repository}@${digest}`, {
    hint: 'the template composes the image from other values; name their mapping in operators[].chart.imagePath',
    excerpt: `it renders: ${images.length === 0 ? 'no image at all' : images.join(', ')}`,
    at: { file: `${chart.path}/values.yaml` },
  });
}

/** Chart.yaml as Helm wrote it into the package: what the registry's config blob has to say. */
async function packedMetadata(
  context: Packaging,
  helm: string,
  file: string,
): Promise<Readonly<Record<string, unknown>>> {
  const unpacked = join(context.scratch, 'chart-shown');
  await mkdir(unpacked, { recursive: true });
  const shown = await context.run(helm, ['show', 'chart', file], { log: silent });
  await writeFile(join(unpacked, 'Chart.yaml'), shown.stdout);
  return readChart(unpacked, basename(file));
}
