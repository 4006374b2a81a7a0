import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderChart } from '../../src/chart/render.ts';
import { chartWithDependencies, readChart } from '../../src/chart/source.ts';
import { Problem } from '../../src/errors.ts';
import type { Tree } from '../fixtures/repos/repo.ts';
import { chartIn, helm, hostOf, repoOf } from './charts.ts';

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const thrown: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown instanceof Problem) return thrown;
  throw new Error('no problem', { cause: thrown });
}

describe.skipIf(helm === null)('renderChart', () => {
  const render = (more: Tree): ReturnType<typeof renderChart> => {
    const repo = repoOf(chartIn('charts/memo', 'memo', more));
    return renderChart(hostOf(repo), helm ?? '', join(repo.root, 'charts/memo'), 'charts/memo');
  };

  it('returns the objects, CRDs included', async () => {
    const crd = 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n';
    const objects = await render({
      'crds/x.yaml': crd,
      'templates/empty.yaml': '{{- if false }}\nkind: No\n{{- end }}\n',
    });
    expect(objects.map((object) => object['kind']).sort()).toEqual(['ConfigMap', 'CustomResourceDefinition']);
    expect(objects).toContainEqual(expect.objectContaining({ data: { greeting: 'hello' } }));
  });

  it.each([
    [
      'a value that is required',
      { 'templates/x.yaml': 'a: b\nc: {{ required "set it" .Values.no }}\n' },
      { file: 'charts/memo/templates/x.yaml', line: 2, column: 7 },
      'set it',
    ],
    [
      'a function that there is not',
      { 'templates/x.yaml': '{{ nonsense }}\n' },
      { file: 'charts/memo/templates/x.yaml', line: 1 },
      'nonsense',
    ],
    [
      'what is no YAML afterwards',
      { 'templates/x.yaml': 'a: b\n c: {{ .Values.greeting }}\n' },
      { file: 'charts/memo/templates/x.yaml' },
      'YAML',
    ],
    [
      'values that are no YAML',
      { 'values.yaml': 'a: [\n' },
      { file: 'charts/memo/values.yaml', line: 1 },
      'values.yaml',
    ],
  ])('says where %s is', async (_, tree, at, excerpt) => {
    const problem = await problemOf(render(tree));
    expect(problem).toMatchObject({ code: 'OR-CHART-RENDER', at });
    expect(problem.at).toEqual(at);
    expect(problem.excerpt).toContain(excerpt);
    expect(problem.message).not.toContain('\n');
  });

  it('says why in the message, and shows the lines that are no YAML', async () => {
    const required = await problemOf(render({ 'templates/x.yaml': 'a: {{ required "set it" .Values.no }}\n' }));
    expect(required.message).toMatch(/does not render with its default values: .*set it$/);
    const broken = await problemOf(render({ 'templates/x.yaml': 'a: b\nb:\n- c\n c: {{ .Values.greeting }}\n' }));
    expect(broken.excerpt).toMatch(/memo\/templates\/x\.yaml renders:\n[\s\S]*\n>\s+\d+ \| /);
    expect(broken.excerpt).toContain(' |  c: hello');
  });
});

describe.skipIf(helm === null)('chartWithDependencies', () => {
  const parent = `apiVersion: v2\nname: memo\nversion: 0.1.0\ndependencies:\n- name: common\n  version: 0.1.0\n  repository: file://../shared/common\n`;

  it('builds what file:// names, and leaves the checkout as it is', async () => {
    const repo = repoOf({
      ...chartIn('ops/helm', 'memo', { 'Chart.yaml': parent }),
      ...chartIn('ops/shared/common', 'common'),
    });
    const host = hostOf(repo);
    const folder = await chartWithDependencies(host, helm ?? '', 'ops/helm', 'test');
    expect(basename(folder)).toBe('memo');
    expect(folder.startsWith(host.scratch)).toBe(true);
    expect(readdirSync(join(folder, 'charts'))).toEqual(['common-0.1.0.tgz']);
    const objects = await renderChart(host, helm ?? '', folder, 'ops/helm');
    expect(objects).toHaveLength(2);
    expect(repo.git('status', '--porcelain', '--ignored')).toBe('');
  });

  it('says which dependency is missing', async () => {
    const repo = repoOf(chartIn('ops/helm', 'memo', { 'Chart.yaml': parent }));
    const problem = await problemOf(chartWithDependencies(hostOf(repo), helm ?? '', 'ops/helm', 'test'));
    expect(problem).toMatchObject({ code: 'OR-CHART-DEPENDENCIES', at: { file: 'ops/helm/Chart.yaml' } });
    expect(problem.excerpt).toContain('shared/common');
  });

  it('copies a chart without dependencies as it is', async () => {
    const repo = repoOf(chartIn('chart', 'memo'));
    const folder = await chartWithDependencies(hostOf(repo), '/never/run', 'chart', 'test');
    expect(readdirSync(folder).sort()).toEqual(['Chart.yaml', 'templates', 'values.yaml']);
  });
});

describe('readChart', () => {
  it.each([
    ['is missing', {}, 'there is no c/Chart.yaml'],
    ['is no YAML', { 'c/Chart.yaml': 'a: [\n' }, 'cannot be read'],
    ['is a list', { 'c/Chart.yaml': '- a\n' }, 'is not a mapping'],
    ['is empty', { 'c/Chart.yaml': '' }, 'input is empty'],
  ])('says that Chart.yaml %s', async (_, tree, message) => {
    const repo = repoOf({ 'c/x': '', ...tree });
    const problem = await problemOf(readChart(join(repo.root, 'c'), 'c'));
    expect(problem).toMatchObject({ code: 'OR-CHART-METADATA', at: { file: 'c/Chart.yaml' } });
    expect(problem.message).toContain(message);
    expect(problem.message).not.toContain('\n');
  });
});
