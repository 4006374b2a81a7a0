import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { DeepReadonly } from '../../src/config/types.ts';
import { planSchema } from '../../src/plan/schema.ts';
import type { Plan } from '../../src/plan/types.ts';

const goTest = { packages: ['./internal/...'], race: true, buildTags: ['unit'], minCoverage: 80 };
const commands = { run: null, before: [], after: [], env: {} };
const plan: Plan = {
  schema: 1,
  event: {
    kind: 'tag',
    ref: 'refs/tags/v1.2.3',
    refName: 'v1.2.3',
    sha: 'a'.repeat(40),
    commitTime: 1_700_000_000,
    repository: 'acme/ops',
    defaultBranch: 'main',
    publishes: true,
    publishReason: 'a release tag',
  },
  signing: {
    sign: true,
    required: false,
    sbom: 'auto',
    fulcio: 'https://fulcio.example.com',
    rekor: 'https://rekor.example.com',
  },
  operators: [
    {
      name: 'a',
      path: '.',
      runner: ['ubuntu-latest'],
      affected: { by: ['tag'] },
      version: { kind: 'release', text: '1.2.3', previous: null, previousTag: null },
      image: null,
      chart: null,
      release: null,
      tasks: [
        { id: 'a/unit', stage: 'unit', needs: [], effect: 'local', commands, timeoutMs: 1, ...goTest },
        { id: 'a/release', stage: 'release', needs: ['a/unit'], effect: 'remote', commands, timeoutMs: 1, assets: [] },
      ] as unknown as Plan['operators'][0]['tasks'],
      skipped: [{ stage: 'lint', reason: 'disabled' }],
    },
  ],
  unaffected: [],
};

const file = join(import.meta.dirname, '../../schema/plan.schema.json');
const validate = new Ajv({ strict: true, strictTypes: false }).compile(
  JSON.parse(readFileSync(file, 'utf8')) as object,
);

describe('planSchema', () => {
  it('is the type Plan', () => {
    expectTypeOf<DeepReadonly<v.InferOutput<typeof planSchema>>>().toEqualTypeOf<DeepReadonly<Plan>>();
  });

  it('takes a plan, as the published JSON Schema does', () => {
    expect(v.parse(planSchema, plan)).toEqual(plan);
    expect(validate(plan), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    ['another version', { ...plan, schema: 2 }],
    ['a key too much', { ...plan, token: 'x' }],
    ['a short commit', { ...plan, event: { ...plan.event, sha: 'abc' } }],
    ['a task of no stage', { ...plan, operators: [{ ...plan.operators[0], tasks: [{ id: 'a/x', stage: 'x' }] }] }],
  ])('refuses %s', (_, wrong) => {
    expect(v.safeParse(planSchema, wrong).success).toBe(false);
    expect(validate(wrong)).toBe(false);
  });
});
