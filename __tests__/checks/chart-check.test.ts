import { describe, expect, it } from 'vitest';
import { requires } from '../helpers/lab.ts';
import { codes, repository, runTask } from './bench.ts';

const crd = (group: string, type = 'object'): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.${group} }
spec: { group: ${group}, versions: [{ name: v1, schema: { openAPIV3Schema: { type: ${type} } } }] }
`;
const root = repository({
  'chart/Chart.yaml': 'apiVersion: v2\nname: it\nversion: 0.1.0\n',
  'chart/templates/service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: it }\n',
  'chart/crds/other.yaml': crd('other'),
  'crd/missing.yaml': crd('missing'),
  'crd/other.yaml': crd('other', 'string'),
});
const check = async (
  crds: readonly string[],
  allowMissing: readonly ('crds' | 'workload')[],
): Promise<readonly string[]> =>
  codes(await runTask(root, { stage: 'chart-check', chart: 'chart', crds, allowMissing }));

const lab = requires('helm');

describe.skipIf(lab.missing.length > 0)(`allowMissing${lab.note}`, () => {
  it.each([
    [[], ['OR-CHART-INCOMPLETE', 'OR-CHART-CRD']],
    [['workload'], ['OR-CHART-CRD']],
    [['crds'], ['OR-CHART-INCOMPLETE']],
    [['crds', 'workload'], []],
  ] as const)('%j leaves %j', async (allowed, left) => {
    expect(await check(['crd/missing.yaml'], allowed)).toEqual(left);
  });

  it('compares the CRDs that the chart has all the same', async () => {
    expect(await check(['crd/missing.yaml', 'crd/other.yaml'], ['crds', 'workload'])).toEqual(['OR-CHART-CRD']);
  });
});
