import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/facts/types.ts';
import { buildPlan } from '../../src/plan/build.ts';
import type { Plan } from '../../src/plan/types.ts';
import { kubebuilder, monorepo } from '../fixtures/repos/layouts.ts';
import { cases } from './cases.ts';
import { readExamples } from './examples.ts';
import { changed, inputs, worldOf } from './world.ts';
import type { World } from './world.ts';

const folder = join(import.meta.dirname, '../golden');
const worlds = new Map([
  [kubebuilder, await worldOf(kubebuilder)],
  [monorepo, await worldOf(monorepo)],
]);

/** A plan that a golden file holds, and everything that it is made of. */
interface Golden extends World {
  readonly name: string;
  readonly given: Readonly<Record<string, string>>;
}

const invented = cases.map(({ name, tree, happening }): Golden => {
  const world = worlds.get(tree);
  if (world === undefined) throw new Error('a case of no world');
  return { name, config: world.config, facts: changed(world, happening), given: happening.inputs ?? {} };
});
const goldens: readonly Golden[] = [
  ...invented,
  ...(await readExamples()).map((example) => ({ ...example, given: {} })),
];
const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../schema/plan.schema.json'), 'utf8')) as object;
const validate = new Ajv({ strict: true, strictTypes: false }).compile(schema);

/** The facts as another reading might have found them: every list whose order means nothing turned around. */
function turned(facts: Facts): Facts {
  const { changes } = facts;
  return {
    ...facts,
    operators: [...facts.operators].reverse(),
    tags: [...facts.tags].reverse(),
    modules: new Map([...facts.modules].reverse().map(([folderOf, needs]) => [folderOf, [...needs].reverse()])),
    histories: new Map([...facts.histories].reverse()),
    changes: 'files' in changes ? { files: [...changes.files].reverse() } : changes,
  };
}

describe.each(goldens)('$name', ({ name, config, facts, given }) => {
  const plan = buildPlan(inputs(given), config, facts);

  // UPDATE_GOLDEN=1 npx vitest run __tests__/plan/golden.test.ts writes the files anew.
  it('is as its golden file', async () => {
    const file = join(folder, `${name}.plan.json`);
    if (process.env['UPDATE_GOLDEN'] === '1') {
      writeFileSync(file, await format(JSON.stringify(plan), { parser: 'json', printWidth: 120 }));
    }
    expect(existsSync(file), `${file} is missing; UPDATE_GOLDEN=1 writes it`).toBe(true);
    const golden = JSON.parse(readFileSync(file, 'utf8')) as Plan;
    expect(plan).toEqual(golden);
    expect(JSON.stringify(plan)).toBe(JSON.stringify(golden));
  });

  it('is the same bytes again, and for facts in another order', () => {
    const text = JSON.stringify(plan);
    expect(JSON.stringify(buildPlan(inputs(given), config, facts))).toBe(text);
    expect(JSON.stringify(buildPlan(inputs(given), config, turned(facts)))).toBe(text);
  });

  it('is valid by the published schema', () => {
    expect(validate(JSON.parse(JSON.stringify(plan))), JSON.stringify(validate.errors)).toBe(true);
  });

  it('holds no secret', () => {
    const secrets = {
      'github-token': 'ghs_16C7e42F292c6912E7710c838347Ae178B4a',
      'registry-password': 'hunter2?/+ü',
      'registry-username': 'ada',
    };
    const text = JSON.stringify(buildPlan(inputs({ ...given, ...secrets }), config, facts));
    for (const secret of [
      secrets['github-token'],
      secrets['registry-password'],
      `ada:${secrets['registry-password']}`,
    ]) {
      for (const form of [
        secret,
        JSON.stringify(secret).slice(1, -1),
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('base64url'),
      ]) {
        expect(text).not.toContain(form);
      }
    }
  });
});

describe('the golden files', () => {
  it('are those of the cases', async () => {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.plan.json'));
    expect(files.sort()).toEqual(goldens.map(({ name }) => `${name}.plan.json`).sort());
  });
});
