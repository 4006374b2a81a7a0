import { describe, expect, it } from 'vitest';
import type { Changes } from '../../src/facts/changes.ts';
import type { ModuleGraph } from '../../src/facts/modules.ts';
import type { OperatorFacts } from '../../src/facts/types.ts';
import { commonModules } from '../../src/plan/common.ts';
import { monorepo } from '../fixtures/repos/layouts.ts';
import { planOf, pullRequest, scheduled, tagged, worldOf } from './world.ts';
import type { Happening } from './world.ts';

const modules: ModuleGraph = new Map([
  ['internal/common', []],
  ['internal/glue', ['internal/common']],
  ['operators/glance', ['internal/common']],
  ['operators/keystone', ['internal/glue', 'operators/keystone/api']],
  ['operators/keystone/api', []],
  ['operators/nova', []],
  ['tools', []],
]);
const workspace = [...modules.keys()];
const names = ['glance', 'keystone', 'nova'];
const operators = names.map((name) => ({ name, path: `operators/${name}` }) as OperatorFacts);

function common(changes: Changes, concerned = names, given = workspace): Record<string, readonly string[]> {
  const facts = { operators, modules, workspace: given, changes };
  return Object.fromEntries(commonModules(facts, new Set(concerned), 'config.yaml'));
}

describe('commonModules', () => {
  it.each<[string, readonly string[], Record<string, readonly string[]>]>([
    ['one that two need: the first of them', ['internal/common/x/x.go'], { glance: ['internal/common'] }],
    ['its go.mod', ['internal/common/go.mod'], { glance: ['internal/common'] }],
    ['one that another one needs', ['internal/glue/x.go'], { keystone: ['internal/glue'] }],
    ['documentation of one', ['internal/common/README.md'], {}],
    ['an operator', ['operators/glance/main.go'], {}],
    ["a module in an operator's folder, which is the operator's own", ['operators/keystone/api/x.go'], {}],
    ['a module that no operator needs', ['tools/x.go'], {}],
    ['what decides everything', ['go.work'], { glance: ['internal/common'], keystone: ['internal/glue'] }],
    ['the configuration', ['config.yaml'], { glance: ['internal/common'], keystone: ['internal/glue'] }],
  ])('are tested along after a change of %s', (_, files, expected) => {
    expect(common({ files })).toEqual(expected);
  });

  it('are tested by operators that the event concerns only, and all where everything counts as changed', () => {
    const everything = { everything: 'a schedule' };
    expect(common(everything)).toEqual({ glance: ['internal/common'], keystone: ['internal/glue'] });
    expect(common(everything, ['keystone'])).toEqual({ keystone: ['internal/common', 'internal/glue'] });
    expect(common(everything, ['nova'])).toEqual({});
  });

  it('need a workspace: go tests a module from the folder of another in one only', () => {
    const files = ['internal/common/x.go'];
    expect(common({ files }, names, [])).toEqual({});
    expect(common({ files }, names, ['internal/common', 'operators/keystone'])).toEqual({
      keystone: ['internal/common'],
    });
  });
});

describe('the tests of a plan', async () => {
  const world = await worldOf(monorepo);
  const packagesOf = (happening: Happening): Record<string, unknown> =>
    Object.fromEntries(
      planOf(world, happening).operators.map(({ name, tasks }) => [
        name,
        tasks.flatMap((task) => (task.stage === 'unit' || task.stage === 'integration' ? [task.packages] : [])),
      ]),
    );
  const along = ['./...', '../../internal/common/...'];

  it('are those of a common module too, once', () => {
    expect(packagesOf(pullRequest('internal/common/conditions/conditions.go'))).toEqual({
      glance: [along, along],
      keystone: [null, null],
      nova: [null, null],
    });
    expect(packagesOf(pullRequest('operators/nova/main.go'))).toEqual({ nova: [null, null] });
    expect(packagesOf(scheduled)['glance']).toEqual([along, along]);
    expect(packagesOf(tagged('nova/v1.0.0'))).toEqual({ nova: [along, along] });
  });

  it('are the same in the job of one operator as in the plan of all', () => {
    const change = pullRequest('internal/common/conditions/conditions.go');
    const legs = ['glance', 'keystone', 'nova'].map((name) => packagesOf({ ...change, inputs: { operators: name } }));
    expect(Object.assign({}, ...legs)).toEqual(packagesOf(change));
  });

  it('are what the configuration names, where it names them', async () => {
    const config = '.github/operator-release.yaml';
    const text = `${monorepo[config] ?? ''}  test: {unit: {packages: ./api/...}}\n`;
    const other = await worldOf({ ...monorepo, [config]: text });
    const plan = planOf(other, pullRequest('internal/common/conditions/conditions.go'));
    const [glance] = plan.operators;
    expect(glance?.tasks.find(({ stage }) => stage === 'unit')).toMatchObject({ packages: ['./api/...'] });
    expect(glance?.tasks.find(({ stage }) => stage === 'integration')).toMatchObject({ packages: along });
  });
});
