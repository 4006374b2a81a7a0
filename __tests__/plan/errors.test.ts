import { describe, expect, it } from 'vitest';
import { kubebuilder, monorepo } from '../fixtures/repos/layouts.ts';
import type { Tree } from '../fixtures/repos/repo.ts';
import { dispatched, hintOf, planOf, problemsOf, pullRequest, pushTo, scheduled, tagged, worldOf } from './world.ts';
import type { Happening } from './world.ts';

const configFile = '.github/operator-release.yaml';
const noDocker = { host: { dockerMissing: 'docker is not here' } };
const without = (tree: Tree, ...paths: readonly string[]): Tree =>
  Object.fromEntries(Object.entries(tree).filter(([path]) => !paths.includes(path)));

const change = pullRequest('cmd/main.go');
const memo = await worldOf(kubebuilder);
const ops = await worldOf(monorepo);

describe('buildPlan', () => {
  it.each<[string, Tree, Happening, string]>([
    [
      'a missing Dockerfile',
      without(kubebuilder, 'Dockerfile'),
      change,
      'OR-IMAGE-DOCKERFILE memo has no Dockerfile in the root of the repository',
    ],
    [
      'a Dockerfile that the configuration names and nobody wrote',
      { ...kubebuilder, [configFile]: 'defaults:\n  image:\n    dockerfile: build/Dockerfile\n' },
      change,
      'OR-IMAGE-DOCKERFILE memo: the Dockerfile build/Dockerfile is not in the repository',
    ],
    [
      'a stage that the Dockerfile has not',
      { ...kubebuilder, [configFile]: 'defaults:\n  image:\n    target: manager\n' },
      change,
      'OR-IMAGE-TARGET memo: the Dockerfile has no stage manager',
    ],
    [
      'a chart without a name',
      { ...kubebuilder, 'dist/chart/Chart.yaml': 'apiVersion: v2\nversion: 0.1.0\n' },
      change,
      'OR-CHART-NAME the chart dist/chart has no name',
    ],
    [
      'a chart whose name Helm refuses',
      { ...kubebuilder, 'dist/chart/Chart.yaml': 'name: My Chart\n' },
      change,
      'OR-CHART-NAME the chart dist/chart has the name "My Chart"',
    ],
    [
      'chart and image in one repository',
      { ...kubebuilder, [configFile]: 'charts: ghcr.io/acme\n' },
      change,
      'OR-CHART-REPOSITORY chart and image of memo would share ghcr.io/acme/memo, and one replace the other',
    ],
    [
      'no Docker while publishing',
      kubebuilder,
      { ...pushTo('main', 'x'), ...noDocker },
      'OR-E2E-NO-DOCKER memo would be published without e2e: no Docker engine: docker is not here',
    ],
    [
      'no Docker for an image that is to be built with it',
      { ...kubebuilder, [configFile]: 'defaults:\n  image:\n    builder: buildx\n' },
      { ...change, ...noDocker },
      'OR-IMAGE-NO-DOCKER the image of memo needs Docker, and no engine answers: docker is not here',
    ],
    [
      'ko without a main package',
      { ...without(kubebuilder, 'cmd/main.go'), [configFile]: 'defaults:\n  image:\n    builder: ko\n' },
      change,
      "OR-IMAGE-MAIN memo: no main package was found in cmd/ or in the operator's folder",
    ],
    [
      'an e2e runner without tests',
      { ...kubebuilder, [configFile]: 'defaults:\n  e2e:\n    runner: chainsaw\n' },
      change,
      'OR-E2E-RUNNER memo: the e2e runner chainsaw has nothing to run: no chainsaw-test.yaml was found below its folder',
    ],
  ])('names %s', async (_, tree, happening, expected) => {
    expect(problemsOf(await worldOf(tree), happening)).toEqual([expected]);
  });

  it.each<[string, Happening, string]>([
    [
      'a clone that is too shallow to count commits',
      { ...pushTo('main', 'cmd/main.go'), history: { commits: null } },
      'OR-GIT-SHALLOW',
    ],
    [
      'such a clone when a dispatch publishes a branch',
      { ...dispatched({}), history: { commits: null } },
      'OR-GIT-SHALLOW',
    ],
    [
      'such a clone when that is rehearsed',
      { ...dispatched({ 'dry-run': 'true' }), history: { commits: null } },
      'OR-GIT-SHALLOW',
    ],
    ['an operator that there is not', { ...change, inputs: { operators: 'mem' } }, 'OR-OPERATOR-UNKNOWN'],
    [
      'a version without its tag',
      dispatched({ version: '9.0.0' }),
      'OR-RELEASE-TAG-MISSING there is no tag v9.0.0 to release',
    ],
  ])('names %s', (_, happening, expected) => {
    const found = problemsOf(memo, happening);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  it.each<[string, Happening, string, string]>([
    [
      'of a tag with another version',
      { ...tagged('v1.0.0'), inputs: { version: '2.0.0' } },
      'OR-RELEASE-VERSION this run is of the tag v1.0.0, and the input version asks for 2.0.0',
      'leave the input version empty',
    ],
    [
      'of a tag without a version',
      { ...tagged('nightly'), inputs: { version: '2.0.0' } },
      'OR-RELEASE-VERSION this run is of the tag nightly, and the input version asks for 2.0.0',
      'leave the input version empty',
    ],
    [
      'of a push without the tag',
      { ...pushTo('main', 'cmd/main.go'), inputs: { version: '9.0.0' } },
      'OR-RELEASE-TAG-MISSING there is no tag v9.0.0 to release',
      'git tag v9.0.0 && git push origin v9.0.0',
    ],
  ])('takes no version in a run %s', (_, happening, expected, hint) => {
    expect(problemsOf(memo, happening)).toEqual([expected]);
    expect(hintOf(memo, happening)).toContain(hint);
  });

  it.each<[string, Happening]>([
    ['the version of its tag', { ...tagged('v1.0.0'), inputs: { version: 'v1.0.0' } }],
    ['a push of a branch that publishes nothing', { ...pushTo('other', 'cmd/main.go'), inputs: { version: '9.0.0' } }],
    ['a pull request', { ...change, inputs: { version: '9.0.0' } }],
    ['a rehearsal', { ...pushTo('main', 'cmd/main.go'), inputs: { version: '9.0.0', 'dry-run': 'true' } }],
  ])('takes a version with %s', (_, happening) => {
    expect(planOf(memo, happening).operators.map(({ release }) => release?.tag)).toEqual([
      `v${(happening.inputs?.['version'] ?? '').replace('v', '')}`,
    ]);
  });

  it('says of a push with a version that it releases', () => {
    const happening = { ...pushTo('main', 'cmd/main.go'), inputs: { version: '1.0.0' }, tags: ['v1.0.0'] };
    expect(planOf(memo, happening).event).toMatchObject({
      publishes: true,
      publishReason: 'the input version asks for v1.0.0',
    });
  });

  describe('the version of several operators', () => {
    const own = ['glance/v1.2.3', 'nova/v1.2.3', 'nova/v1.2.2'];

    it.each<[string, Happening]>([
      ['all', { ...dispatched({ version: '1.2.3' }), tags: own }],
      ['two', { ...dispatched({ version: '1.2.3', operators: 'nova\nglance' }), tags: own }],
      ['all, in a pull request', { ...pullRequest('operators/nova/main.go'), inputs: { version: '1.2.3' }, tags: own }],
    ])('needs a pattern for them together: %s', async (_, happening) => {
      const patterns = `${monorepo[configFile] ?? ''}tags:\n  pattern: '{operator}/v{version}'\n`;
      const world = await worldOf({ ...monorepo, [configFile]: patterns });
      const names = happening.inputs?.['operators'] === undefined ? 'glance, keystone, nova' : 'glance, nova';
      expect(problemsOf(world, happening)).toEqual([
        `OR-RELEASE-VERSION no tag releases 1.2.3 of ${names} together, as tags are {operator}/v{version}`,
      ]);
      expect(hintOf(world, happening)).toContain(
        'name one operator in the input operators; there are glance/v1.2.3, nova/v1.2.3',
      );
    });

    it.each<[string, Happening, string]>([
      ['all', { ...dispatched({ version: '1.2.3' }), tags: own }, 'there are glance/v1.2.3, nova/v1.2.3'],
      [
        'two',
        { ...dispatched({ version: '1.2.3', operators: 'keystone\nnova' }), tags: own },
        'there is nova/v1.2.3: name one operator in the input operators',
      ],
      ['none', { ...dispatched({ version: '3.0.0' }), tags: own }, 'git tag v3.0.0 && git push origin v3.0.0'],
    ])('is not proposed as a common tag where they have tags of their own: %s', (_, happening, hint) => {
      const version = happening.inputs?.['version'] ?? '';
      expect(problemsOf(ops, happening)).toEqual([`OR-RELEASE-TAG-MISSING there is no tag v${version} to release`]);
      const said = hintOf(ops, happening);
      expect(said).toContain(hint);
      expect(said.includes('git tag')).toBe(hint.includes('git tag'));
    });
  });

  it.each(['v1.2', 'V1.2.3', 'v01.2.3', 'v1.2.3-', 'release-1.2.3', 'v1.2.3.4', 'memo/v1.2'])(
    'refuses the tag %s, which looks like a release',
    (tag) => {
      const [only, ...others] = problemsOf(memo, tagged(tag));
      expect(others).toEqual([]);
      expect(only).toMatch(/^OR-TAG-/);
      expect(only).toContain(tag);
    },
  );

  it.each(['nightly', 'checkpoint/3', 'vnull'])(
    'releases nothing for the tag %s, which names something else',
    (tag) => {
      expect(problemsOf(memo, tagged(tag))).toEqual([]);
    },
  );

  describe('refuses to publish several operators to one repository', () => {
    const chartOf = (operator: string): string => `operators/${operator}/helm/${operator}-operator/Chart.yaml`;
    const named = (name: string): string => `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`;
    const also = (more: string): Tree => ({ ...monorepo, [configFile]: `${monorepo[configFile] ?? ''}${more}` });
    const twoCharts = { ...monorepo, [chartOf('keystone')]: named('operator'), [chartOf('nova')]: named('operator') };
    // A leg of a matrix plans its own operator, and has to see the others all the same.
    const legOfNova = { ...tagged('v1.2.3'), inputs: { operators: 'nova' } };
    const images = 'OR-OPERATOR-DUPLICATE the image of glance, the image of keystone, the image of nova would share';

    it.each<[string, Tree, Happening, readonly string[]]>([
      ['images', also('    repository: acme-operator\n'), tagged('v1.2.3'), [`${images} ghcr.io/acme/acme-operator`]],
      [
        'images, in the leg of one',
        also('    repository: docker.io/acme/op\n'),
        legOfNova,
        [`${images} docker.io/acme/op`],
      ],
      [
        'images, before it is too late',
        also('    repository: acme-operator\n'),
        pullRequest('operators/nova/main.go'),
        [`${images} ghcr.io/acme/acme-operator`],
      ],
      [
        'charts of one name',
        twoCharts,
        legOfNova,
        ['OR-OPERATOR-DUPLICATE the chart of keystone, the chart of nova would share ghcr.io/acme/charts/operator'],
      ],
      [
        'the chart of one and the image of another',
        also('operators:\n- name: nova\n  image: {repository: charts/keystone-operator}\n'),
        tagged('v1.2.3'),
        [
          'OR-OPERATOR-DUPLICATE the chart of keystone, the image of nova would share ghcr.io/acme/charts/keystone-operator',
        ],
      ],
    ])('%s', async (_, tree, happening, expected) => {
      expect(problemsOf(await worldOf(tree), happening)).toEqual(expected);
    });

    it.each<[string, Tree]>([
      ['images by the name of the operator', also("    repository: '{operator}-operator'\n")],
      [
        'an image that one builds for another, which has a chart only',
        also(
          'operators:\n- name: keystone\n  image: {repository: shared}\n- name: nova\n  image: {repository: shared, publish: {enabled: false}}\n',
        ),
      ],
      [
        'a chart that one packs for the other',
        {
          ...twoCharts,
          [configFile]: `${monorepo[configFile] ?? ''}operators:\n- name: nova\n  chart: {enabled: false}\n`,
        },
      ],
      [
        'charts of one name in different places',
        {
          ...twoCharts,
          [configFile]: `${monorepo[configFile] ?? ''}  chart:\n    repository: 'ghcr.io/acme/{operator}'\n`,
        },
      ],
    ])('but not %s', async (_, tree) => {
      expect(problemsOf(await worldOf(tree), tagged('v1.2.3'))).toEqual([]);
    });
  });

  it.each<[string, Happening]>([
    ['a pull request', change],
    ['a schedule', scheduled],
    ['a laptop', {}],
  ])('needs no count of commits for %s, whose names nobody sees', (_, happening) => {
    expect(problemsOf(memo, { ...happening, history: { commits: null } })).toEqual([]);
  });

  it('names a repository without an operator', async () => {
    await expect(worldOf({ 'README.md': '' })).rejects.toMatchObject({ code: 'OR-OPERATOR-NONE' });
  });

  it('tells the problems of several operators at once', async () => {
    const tree = {
      ...monorepo,
      [configFile]: 'defaults:\n  image: {dockerfile: nowhere/Dockerfile}\n',
      'operators/nova/helm/nova-operator/Chart.yaml': 'version: 0.1.0\n',
    };
    const world = await worldOf({
      ...tree,
      'operators/nova/Dockerfile': 'FROM scratch\n',
      [configFile]: `${tree[configFile]}operators:\n- name: nova\n  image: {dockerfile: operators/nova/Dockerfile}\n`,
    });
    expect(problemsOf(world, tagged('v1.0.0'))).toEqual([
      'OR-IMAGE-DOCKERFILE glance: the Dockerfile nowhere/Dockerfile is not in the repository',
      'OR-IMAGE-DOCKERFILE keystone: the Dockerfile nowhere/Dockerfile is not in the repository',
      'OR-CHART-NAME the chart operators/nova/helm/nova-operator has no name',
    ]);
  });

  it('tells once what is wrong for all of them', () => {
    const shallow = { ...pushTo('main', 'operators/Dockerfile'), history: { commits: null } };
    expect(problemsOf(ops, shallow)).toEqual([expect.stringContaining('OR-GIT-SHALLOW')]);
  });
});
