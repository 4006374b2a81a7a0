import * as v from 'valibot';
import { aroundKeys, described, key, stageKeys } from './key.ts';
import { glob, helmPath, listOf, path, platform, repository, template, text } from './values.ts';

/** Names that a text of the configuration may hold in braces, and where. */
export const placeholders = {
  /** Every text of an operator's settings except commands and environment. */
  operator: ['operator', 'path'],
  chartValue: ['operator', 'path', 'image', 'repository', 'registry', 'name', 'tag', 'digest', 'version'],
  title: ['operator', 'path', 'version', 'tag'],
} as const;

export const image = v.strictObject({
  repository: key(
    repository,
    'Repository of the image, without a tag. Default: `<registry>/<name>`.',
    'ghcr.io/acme/{operator}-operator',
  ),
  dockerfile: key(path, 'Dockerfile, from the root of the repository.', 'operators/Dockerfile'),
  context: key(path, 'Build context, from the root of the repository.', '.'),
  target: key(text, 'Stage of the Dockerfile to build.', 'manager'),
  platforms: key(
    v.pipe(v.array(platform), v.minLength(1, 'at least one platform')),
    'Platforms to build for. Default: linux/amd64 and linux/arm64.',
    ['linux/amd64', 'linux/arm64'],
  ),
  buildArgs: key(
    v.record(text, v.string()),
    'Build arguments; `{operator}`, `{path}`, `{version}`, `{tag}` and `{commit}` are filled in.',
    { OPERATOR: '{operator}' },
  ),
  builder: key(
    v.picklist(['buildx', 'ko']),
    'What builds the image. Default: buildx with a Dockerfile, ko without one.',
    'ko',
  ),
  mainPackage: key(text, "Go package of the main program, from the operator's folder; for ko.", './cmd'),
  cache: key(
    v.picklist(['gha', 'registry', 'local', 'none']),
    'Where the layers of the build are kept between runs. Default: gha on a GitHub runner, else local.',
  ),
  publish: key(v.strictObject(aroundKeys), 'The stage publish-image. What it does cannot be replaced.'),
  ...stageKeys,
  enabled: key(v.boolean(), 'False: no image at all, neither built nor published.'),
});

export const chart = v.strictObject({
  path: key(
    path,
    "The chart's folder, from the root of the repository.",
    'operators/{operator}/helm/{operator}-operator',
  ),
  name: key(text, 'Name of the chart. Default: the one in Chart.yaml.'),
  repository: key(
    repository,
    'Where the chart goes; its name is added. Default: the `charts` of the file.',
    'ghcr.io/acme/charts',
  ),
  mode: key(
    v.picklist(['stamp', 'verify', 'independent']),
    "Chart.yaml's version: set it from the release (stamp, the default), require that it is equal (verify), or leave it alone (independent).",
  ),
  values: key(
    v.record(helmPath, v.union([template(placeholders.chartValue), v.number(), v.boolean()])),
    'Values to set in the packaged chart, by path; `{image}`, `{repository}`, `{tag}`, `{digest}`, `{version}` are filled in.',
    { 'manager.image.tag': '{tag}' },
  ),
  valuesFiles: key(listOf(path), 'More values files for lint and rendering, from the root of the repository.'),
  imagePath: key(
    listOf(helmPath),
    'Keys of values.yaml that hold the image, where they are not the usual ones.',
    'controllerManager.manager.image',
  ),
  check: key(
    v.strictObject({
      allowMissing: key(
        v.array(v.picklist(['crds', 'rbac', 'workload', 'webhooks', 'certificates'])),
        'Parts that the chart leaves out on purpose.',
        ['crds'],
      ),
      ...stageKeys,
    }),
    'The stage chart-check.',
  ),
  publish: key(v.strictObject(aroundKeys), 'The stage publish-chart. What it does cannot be replaced.'),
  ...stageKeys,
  enabled: key(v.boolean(), 'False: no chart at all, neither checked, packaged nor published.'),
});

export const bundle = v.strictObject({
  install: key(path, 'The install manifest, from the root of the repository.', 'dist/install.yaml'),
  olm: key(
    v.strictObject({
      enabled: key(v.boolean(), 'Make a bundle and its image for the Operator Lifecycle Manager. Default: false.'),
      channels: key(listOf(text), 'Channels of the bundle. Default: stable, or the one of a pre-release.', ['stable']),
      defaultChannel: key(text, 'The channel that is chosen when none is named.'),
      catalog: key(v.boolean(), 'Also make a catalog image with opm. Default: false.'),
    }),
    'Operator Lifecycle Manager.',
  ),
  packageOperator: key(
    v.strictObject({
      enabled: key(v.boolean(), 'Make a package for Package Operator. Default: false.'),
      path: key(path, 'Folder with manifest.yaml, from the root of the repository.', 'package'),
    }),
    'Package Operator.',
  ),
  ...stageKeys,
});

const section = v.strictObject({
  title: described(text, 'Heading.', 'Fixes'),
  labels: key(listOf(text), 'Labels of the pull requests that belong here.', ['bug']),
  types: key(listOf(text), 'Types of conventional commits that belong here.', ['fix']),
});

export const release = v.strictObject({
  title: key(template(placeholders.title), 'Title of the release. Default: the tag.', '{operator} {version}'),
  assets: key(listOf(glob), 'Further assets, from the root of the repository; each glob must match a file.', [
    'dist/*.tar.gz',
  ]),
  files: key(
    v.array(v.picklist(['install', 'crds', 'chart', 'sbom', 'checksums', 'manifest'])),
    'Which of the files that the run makes are attached. Default: all of them.',
    ['install', 'chart', 'checksums'],
  ),
  notes: key(
    v.strictObject({
      sections: key(v.array(section), 'Sections of the notes, in order. The rest goes below "Other changes".'),
      exclude: key(listOf(text), 'Labels of pull requests that are left out.', ['skip-changelog']),
    }),
    'Release notes.',
  ),
  ...stageKeys,
});
