import { describe, expect, it } from 'vitest';
import { parseManifests } from '../../src/chart/rendered.ts';
import { compareCrds } from '../../src/crd/compare.ts';
import { crdsOf } from '../../src/crd/crd.ts';
import type { Crd } from '../../src/crd/crd.ts';

type Versions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function crd(versions: Versions, more: Readonly<Record<string, unknown>> = {}): Crd {
  return {
    name: 'widgets.example.com',
    spec: {
      scope: 'Namespaced',
      names: { kind: 'Widget' },
      versions: Object.entries(versions).map(([name, version]) => ({ name, served: true, ...version })),
      ...more,
    },
  };
}

const schema = (spec: unknown, more = {}): Readonly<Record<string, unknown>> => ({
  schema: { openAPIV3Schema: { type: 'object', properties: { spec, ...more } } },
});

/** The changes of one field `spec.f`, as lines. */
function ofField(before: unknown, after: unknown, required: readonly [string[], string[]] = [[], []]): string[] {
  const [old, now] = [before, after].map((field, index) =>
    crd({
      v1: schema({ type: 'object', required: required[index], properties: field === undefined ? {} : { f: field } }),
    }),
  );
  if (old === undefined || now === undefined) throw new Error('two states');
  return compareCrds([old], [now]).map(
    ({ version, path, change, what, breaking }) => `${version ?? ''} ${path} ${change}${breaking ? '!' : ''}: ${what}`,
  );
}

const text = { type: 'string' };

describe('a field', () => {
  it.each([
    ['is removed', text, undefined, 'removed!: the field is removed'],
    ['is added', undefined, text, 'added: the field is new'],
    ['gets another type', text, { type: 'integer' }, 'narrowed!: type changed from string to integer'],
    ['takes fractions', { type: 'integer' }, { type: 'number' }, 'widened: type changed from integer to number'],
    ['takes no fractions', { type: 'number' }, { type: 'integer' }, 'narrowed!: type changed from number to integer'],
    [
      'takes a percentage, too',
      { type: 'integer' },
      { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
      'widened: type changed from integer to integer or string',
    ],
    ['loses a value', { ...text, enum: ['a', 'b'] }, { ...text, enum: ['a'] }, 'narrowed!: "b" not accepted any more'],
    ['gets a value', { ...text, enum: ['a'] }, { ...text, enum: ['a', 'b'] }, 'widened: "b" accepted'],
    ['gets an enum', text, { ...text, enum: ['a'] }, 'narrowed!: only "a" accepted now'],
    [
      'gets a lower maximum',
      { type: 'integer', maximum: 10 },
      { type: 'integer', maximum: 5 },
      'narrowed!: maximum lowered from 10 to 5',
    ],
    [
      'gets a lower minimum',
      { type: 'integer', minimum: 1 },
      { type: 'integer', minimum: 0 },
      'widened: minimum lowered from 1 to 0',
    ],
    ['gets a least length', text, { ...text, minLength: 1 }, 'narrowed!: minLength added (1)'],
    ['loses a greatest length', { ...text, maxLength: 9 }, text, 'widened: maxLength removed (9)'],
    [
      'excludes its minimum',
      { type: 'integer', minimum: 0 },
      { type: 'integer', minimum: 0, exclusiveMinimum: true },
      'narrowed!: minimum 0 itself not accepted any more',
    ],
    ['gets a pattern', text, { ...text, pattern: '^a$' }, 'narrowed!: pattern added (^a$)'],
    [
      'gets another pattern',
      { ...text, pattern: '^a$' },
      { ...text, pattern: '^b$' },
      'changed: pattern changed from ^a$ to ^b$',
    ],
    ['may be null no more', { ...text, nullable: true }, text, 'narrowed!: null not accepted any more'],
    [
      'gets another default',
      { ...text, default: 'a' },
      { ...text, default: 'b' },
      'changed: default changed from a to b',
    ],
    [
      'gets a rule',
      text,
      { ...text, 'x-kubernetes-validations': [{ rule: 'self != ""', message: 'm' }] },
      'changed: validation rules (CEL) added ([{"rule":"self != \\"\\"","message":"m"}])',
    ],
  ])('%s', (_, before, after, told) => {
    expect(ofField(before, after)).toEqual([`v1 spec.f ${told}`]);
  });

  it('is the same with other words', () => {
    const rule = { rule: 'self != ""' };
    expect(
      ofField(
        { ...text, description: 'a', 'x-kubernetes-validations': [{ ...rule, message: 'a' }] },
        { ...text, description: 'b', 'x-kubernetes-validations': [{ ...rule, message: 'b' }] },
      ),
    ).toEqual([]);
  });

  it.each([
    ['required now', text, text, [[], ['f']], 'narrowed!: required now'],
    ['required, with a default', text, { ...text, default: 'a' }, [[], ['f']], 'changed: default added (a)'],
    ['required no more', text, text, [['f'], []], 'widened: not required any more'],
    ['new and required', undefined, text, [[], ['f']], 'added!: the field is new and required'],
  ] as const)('is %s', (_, before, after, [old, now], told) => {
    expect(ofField(before, after, [[...old], [...now]])).toEqual([`v1 spec.f ${told}`]);
  });

  it('is found in lists and maps, and a removed tree is told once', () => {
    const list = (inner: unknown): unknown => ({ type: 'array', items: { type: 'object', properties: { a: inner } } });
    expect(ofField(list(text), list({ type: 'boolean' }))).toEqual([
      'v1 spec.f[].a narrowed!: type changed from string to boolean',
    ]);
    const map = (inner: unknown): unknown => ({ type: 'object', additionalProperties: inner });
    expect(ofField(map(text), map({ ...text, maxLength: 3 }))).toEqual(['v1 spec.f.* narrowed!: maxLength added (3)']);
    expect(ofField(list(list(text)), undefined)).toEqual(['v1 spec.f removed!: the field is removed']);
  });

  it('may go where any field is kept', () => {
    const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    const closed = { type: 'object', properties: { a: text } };
    expect(ofField(closed, open)).toEqual([
      'v1 spec.f widened: fields that the schema does not name accepted',
      'v1 spec.f.a widened: any value is accepted',
    ]);
    expect(ofField(open, closed)).toEqual([
      'v1 spec.f narrowed!: fields that the schema does not name not accepted any more',
      'v1 spec.f.a added: the field is new',
    ]);
    const map = { type: 'object', additionalProperties: text };
    expect(ofField(closed, map)).toEqual([]);
    expect(ofField(map, closed)).toContain('v1 spec.f narrowed!: keys of any name not accepted any more');
  });

  it('of the status may be tightened, but not taken away', () => {
    const status = (properties: unknown, required: string[] = []): Crd =>
      crd({ v1: schema({ type: 'object' }, { status: { type: 'object', required, properties } }) });
    const change = compareCrds([status({ a: text, b: text })], [status({ a: text }, ['a'])]);
    expect(change.map(({ path, change: kind, breaking }) => [path, kind, breaking])).toEqual([
      ['status.b', 'removed', true],
      ['status.a', 'narrowed', false],
    ]);
  });
});

describe('a definition', () => {
  const it1 = schema({ type: 'object' });
  const told = (before: readonly Crd[], after: readonly Crd[]): unknown[] =>
    compareCrds(before, after).map(({ crd: name, version, path, change, breaking }) => [
      name.split('.')[0],
      version,
      path,
      change,
      breaking,
    ]);

  it('is added, removed, or the same', () => {
    const other = { ...crd({ v1: it1 }), name: 'gadgets.example.com' };
    expect(told([crd({ v1: it1 })], [crd({ v1: it1 })])).toEqual([]);
    expect(told([crd({ v1: it1 })], [other])).toEqual([
      ['widgets', null, '', 'removed', true],
      ['gadgets', null, '', 'added', false],
    ]);
  });

  it('loses and gets versions: what is not served is not there', () => {
    const both = crd({ v1alpha1: it1, v1: it1 });
    expect(told([both], [crd({ v1: it1 })])).toEqual([['widgets', 'v1alpha1', '', 'removed', true]]);
    expect(told([both], [crd({ v1alpha1: { ...it1, served: false }, v1: it1 })])).toEqual([
      ['widgets', 'v1alpha1', '', 'removed', true],
    ]);
    expect(told([crd({ v1: it1 })], [both])).toEqual([['widgets', 'v1alpha1', '', 'added', false]]);
  });

  it('gets another scope or kind, or loses a subresource', () => {
    expect(told([crd({ v1: it1 })], [crd({ v1: it1 }, { scope: 'Cluster' })])).toEqual([
      ['widgets', null, 'scope', 'narrowed', true],
    ]);
    expect(told([crd({ v1: it1 })], [crd({ v1: it1 }, { names: { kind: 'Gadget' } })])).toEqual([
      ['widgets', null, 'names.kind', 'narrowed', true],
    ]);
    expect(told([crd({ v1: { ...it1, subresources: { status: {} } } })], [crd({ v1: it1 })])).toEqual([
      ['widgets', 'v1', 'subresources.status', 'removed', true],
    ]);
  });

  it('is read from manifests; what is none, or broken, does no harm', () => {
    const text = [
      'kind: Deployment\nmetadata: {name: a}\nspec: {}',
      'kind: CustomResourceDefinition\nmetadata: {name: a.b}\nspec: {versions: [{name: v1}, 7, {name: v2, schema: 3}]}',
      'kind: CustomResourceDefinition\nmetadata: {name: c.d}',
    ].join('\n---\n');
    const crds = crdsOf(parseManifests(text, 'it.yaml'));
    expect(crds.map(({ name }) => name)).toEqual(['a.b']);
    expect(told(crds, crds)).toEqual([]);
  });
});
