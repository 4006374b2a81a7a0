import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { imagesOf, parseManifests } from '../chart/rendered.ts';
import { Problem } from '../errors.ts';
import { isPinnedTo, pinnedReference } from '../image/reference.ts';
import { digestOf } from './image-of.ts';
import type { Stage, StageContext } from './types.ts';
import { silent } from '../log.ts';

/** `install.yaml`: all that `kubectl apply -f` needs, with the image by digest. Made of a copy; the checkout stays as it is. */
export const bundle: Stage<'bundle'> = {
  name: 'bundle',
  run: async (context) => {
    const text =
      context.task.kustomize === null ? await fromChart(context) : await fromKustomize(context, context.task.kustomize);
    const manifests = parseManifests(text, 'install.yaml');
    const image = context.operator.image;
    if (image !== null) {
      const digest = await digestOf(context);
      const images = imagesOf(manifests);
      if (!images.some((found) => isPinnedTo(found, image, digest))) {
        throw new Problem('OR-BUNDLE-IMAGE', `install.yaml does not deploy ${image.repository}@${digest}`, {
          hint: 'the manager image in config/manager has to be named "controller", as kubebuilder does it',
          excerpt: `it names: ${images.length === 0 ? 'no image at all' : images.join(', ')}`,
        });
      }
    }
    const file = join(context.scratch, 'install.yaml');
    await writeFile(file, text);
    context.artifacts.installYaml = file;
    context.note(`${manifests.length} objects`);
  },
};

async function fromKustomize(context: StageContext<'bundle'>, folder: string): Promise<string> {
  const kustomize = await context.tool('kustomize');
  const copy = join(context.scratch, 'bundle');
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  // Overlays reach into sibling folders, so the whole of config/ is copied.
  const config = posix.dirname(folder);
  await cp(join(context.root, config), join(copy, posix.basename(config)), { recursive: true });
  const inCopy = join(copy, posix.basename(config));
  const image = context.operator.image;
  if (image !== null) {
    const digest = await digestOf(context);
    const reference = `controller=${pinnedReference(image, digest)}`;
    await context.run(kustomize, ['edit', 'set', 'image', reference], { cwd: join(inCopy, 'manager') });
  }
  const built = await context.run(kustomize, ['build', join(inCopy, posix.basename(folder))], {
    allowFailure: true,
    log: silent,
  });
  if (built.exitCode !== 0) {
    throw new Problem('OR-BUNDLE-KUSTOMIZE', `kustomize cannot build ${folder}`, {
      hint: `kustomize build ${folder} shows the same on your machine`,
      excerpt: built.stderr.trim(),
      at: { file: `${folder}/kustomization.yaml` },
    });
  }
  return built.stdout;
}

async function fromChart(context: StageContext<'bundle'>): Promise<string> {
  const chart = context.artifacts.chart;
  const operator = context.operator;
  if (chart === undefined) throw new Error('the plan makes install.yaml of a chart that is not packaged');
  const helm = await context.tool('helm');
  const args = ['template', operator.name, chart.file, '--include-crds', '--namespace', `${operator.name}-system`];
  const rendered = await context.run(helm, args, { log: silent });
  const namespace = `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${operator.name}-system\n`;
  return `${namespace}${rendered.stdout.startsWith('---') ? '' : '---\n'}${rendered.stdout}`;
}
