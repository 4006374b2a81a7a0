import * as v from 'valibot';
import { aroundKeys, described, key, stageKeys } from './key.ts';
import { changeType, glob, helmPath, listOf, path, platform, repository, template, text } from './values.ts';

/** Names that a text of the configuration may hold in braces, and where. */
export const placeholders = {
  /** Every text of an operator's settings except commands and environment. */
  operator: ['operator', 'path'],
  title: ['operator', 'path', 'version', 'tag'],
} as const;

export const image = v.strictObject({
  repository: key(
    repository,
    'Repository of the image, without a tag: a name below the registry, or a full one with a host, which the input `registry` does not move. Default: the name of the operator.',
    '{operator}-operator',
  ),
  dockerfile: key(path, 'Dockerfile, from the root of the repository; for buildx.', 'operators/Dockerfile'),
  context: key(path, 'Build context, from the root of the repository; for buildx.', '.'),
  target: key(text, 'Stage of the Dockerfile to build; for buildx. Default: the last one.', 'manager'),
  platforms: key(
    v.pipe(v.array(platform), v.minLength(1, 'at least one platform')),
    'Platforms to build for. Default: linux/amd64 and linux/arm64.',
    ['linux/amd64', 'linux/arm64'],
  ),
  buildArgs: key(
    v.record(text, v.string()),
    'Build arguments, for buildx; `{operator}`, `{path}`, `{version}`, `{tag}` and `{commit}` are filled in.',
    { OPERATOR: '{operator}' },
  ),
  builder: key(
    v.picklist(['buildx', 'ko']),
    'What builds the image. Default: buildx with a Dockerfile; ko with a .ko.yaml and no Dockerfile, and where no Docker engine answers.',
    'ko',
  ),
  mainPackage: key(text, "Go package of the main program, from the operator's folder; for ko.", './cmd'),
  publish: key(v.strictObject(aroundKeys), 'The stage publish-image.'),
  ...aroundKeys,
  enabled: key(v.boolean(), 'False: no image at all, neither built nor published.'),
});

export const chart = v.strictObject({
  path: key(
    path,
    "The chart's folder, from the root of the repository.",
    'operators/{operator}/helm/{operator}-operator',
  ),
  repository: key(
    repository,
    'Where the chart goes; its name is added. Default: the `charts` of the file.',
    'ghcr.io/acme/charts',
  ),
  imagePath: key(
    helmPath,
    'Keys of values.yaml that hold the image, where they are not the usual ones.',
    'controllerManager.manager.image',
  ),
  check: key(
    v.strictObject({
      allowMissing: key(
        v.array(v.picklist(['crds', 'workload'])),
        'Parts that the chart leaves out on purpose: CRDs, or the Deployment. CRDs that it has are compared all the same.',
        ['crds'],
      ),
      ...stageKeys,
    }),
    'The stage chart-check.',
  ),
  publish: key(v.strictObject(aroundKeys), 'The stage publish-chart.'),
  ...aroundKeys,
  enabled: key(v.boolean(), 'False: no chart at all, neither checked, packaged nor published.'),
});

export const bundle = v.strictObject(aroundKeys);

const notes = v.strictObject({
  sections: key(
    v.array(
      v.strictObject({
        title: described(text, 'Heading of the section.', 'Features'),
        labels: key(listOf(text), 'Labels of pull requests that belong here; `*` for all that are left.', [
          'kind/feature',
          'enhancement',
        ]),
        types: key(listOf(changeType), 'Types of conventional commits that belong here.', ['feat']),
      }),
    ),
    'Sections for changes, in their order; a change goes to the first that fits its type, then its labels, and breaking changes come before all. Default: the categories of `.github/release.yml`, else sections by the usual types and labels.',
    [{ title: 'Features', types: ['feat'], labels: ['enhancement'] }],
  ),
  exclude: key(
    v.strictObject({
      labels: key(listOf(text), 'Labels of pull requests that are left out.', ['skip-changelog']),
      authors: key(listOf(text), 'Logins whose changes are left out.', ['dependabot[bot]']),
      types: key(listOf(changeType), 'Types of conventional commits that are left out, unless they break something.', [
        'chore',
        'ci',
      ]),
    }),
    'Changes that the notes leave out, beside those that `.github/release.yml` excludes.',
  ),
});

export const release = v.strictObject({
  title: key(template(placeholders.title), 'Title of the release. Default: the tag.', '{operator} {version}'),
  assets: key(listOf(glob), 'Further assets, from the root of the repository; each glob must match a file.', [
    'dist/*.tar.gz',
  ]),
  notes: key(notes, 'What the notes of the release list, and under which headings.'),
  ...aroundKeys,
});
