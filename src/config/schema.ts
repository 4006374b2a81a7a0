import * as v from 'valibot';
import { described, key } from './key.ts';
import { bundle, chart, image, release } from './artifacts.ts';
import { e2e, lint, test, verify } from './checks.ts';
import { sign } from './sign.ts';
import { branchGlob, glob, listOf, operatorName, path, registry, tagPattern, text } from './values.ts';

/** What can be said of an operator, and in `defaults` of all of them. */
const operatorKeys = {
  image: key(image, 'The image, and the stage image-build.'),
  chart: key(chart, 'The Helm chart, and the stage chart-package.'),
  watch: key(
    listOf(glob),
    'Globs of more files that affect the operator, beside its folder and the Go modules it needs. One with `!` in front takes files out that those before it match, and says that the operator does not use them where it is unknown who does; `*` and `**` match names that begin with a dot, too.',
    ['hack/**', 'go.work'],
  ),
  runner: key(
    listOf(text, 1),
    "Label of the runner for the operator's leg of a matrix, or a list of labels. Default: `ubuntu-latest`.",
    'ubuntu-latest',
    ['self-hosted', 'arm64'],
  ),
  lint: key(lint, 'The stage lint.'),
  test: key(test, 'The stages unit and integration.'),
  verify: key(verify, 'The stage verify.'),
  e2e: key(e2e, 'The stages cluster and e2e. Its `run` replaces the tests only: the operator is deployed before.'),
  bundle: key(bundle, 'The stage bundle.'),
  release: key(release, 'The GitHub Release, and the stage release.'),
};

const operator = v.strictObject({
  name: described(operatorName, 'Name of the operator, as tags and inputs use it.', 'keystone'),
  path: key(
    path,
    "The operator's folder, from the root of the repository. Default: where discovery finds it.",
    'operators/keystone',
  ),
  ...operatorKeys,
});

const tags = v.strictObject({
  pattern: key(
    listOf(tagPattern, 1),
    'Git tags that release: `{version}` once, and `{operator}` or `{path}` where a repository holds several operators.',
    ['{operator}/v{version}', 'v{version}'],
  ),
  prefix: key(
    v.pipe(
      v.string(),
      v.regex(/^(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,31})?$/, 'the beginning of an image tag such as "v", or an empty text'),
    ),
    'What stands before the version in image tags. Default: `v`.',
    '',
  ),
  latest: key(
    v.picklist(['branch', 'release']),
    'What the image tag `latest` is: the newest tested build of the default branch (branch, the default) or the highest stable release (release).',
  ),
  releaseBranches: key(
    listOf(branchGlob, 1),
    'Branches on one of which the commit of a version tag has to be. Default: all branches of the repository.',
    ['main', 'release/*'],
  ),
  protected: key(
    v.boolean(),
    'True: only a version tag that a rule of the repository protects is released, in the run that its push has started.',
    true,
  ),
  branches: key(
    listOf(branchGlob),
    'Branches whose builds are published. Default: the default branch. The builds of any other come after the releases in their own history, those of the default branch after all.',
    ['main', 'release/*'],
  ),
});

/**
 * The configuration file `.github/operator-release.yaml`. Descriptions go into schema/operator-release.schema.json
 * and docs/configuration.md. Objects are strict; an optional key that is left out stays undefined.
 */
export const configSchema = v.strictObject({
  registry: key(
    registry,
    'Where images go. Default: `ghcr.io/<owner>`. The input of the same name wins.',
    'ghcr.io/acme',
  ),
  charts: key(
    registry,
    'Where charts go; the name of the chart is added. Default: `<registry>/charts`.',
    'ghcr.io/acme/charts',
  ),
  primary: key(operatorName, 'The operator whose highest release is GitHub\'s "Latest" in a repository of several.'),
  tags: key(tags, 'Which git tags release, and which image tags follow.'),
  sign: key(sign, 'Signed provenance of images and charts.'),
  defaults: key(
    v.strictObject(operatorKeys),
    'Settings of every operator; mappings are merged key by key, lists and texts are replaced.',
  ),
  operators: key(v.array(operator), 'Operators with settings of their own, or that discovery does not find.'),
});
