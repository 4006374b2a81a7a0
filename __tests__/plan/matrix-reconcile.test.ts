import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyConfig } from '../../src/config/load.ts';
import { mostPending, planReconcile } from '../../src/plan/reconcile.ts';
import { readerOf } from '../../src/plan/subjects.ts';
import { compareVersions } from '../../src/version/version.ts';

const operators = ['keystone', 'nova', 'placement'].map((name) => ({ name, path: `operators/${name}` }));
const reader = readerOf(emptyConfig, operators);

/** Tags to release in order, and those that get none. */
function decide(
  tags: string,
  released: string,
  more: { version?: string; operators?: string[] } = {},
): [string, string] {
  const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
  const { pending, ignored } = planReconcile({
    tags: words(tags),
    released: words(released),
    reader,
    version: more.version ?? null,
    operators: more.operators ?? [],
  });
  return [pending.map(({ tag }) => tag).join(' '), ignored.map(({ tag }) => tag).join(' ')];
}

describe('planReconcile', () => {
  it.each([
    ['nothing where all is released', 'v1.0.0 nova/v1.1.0', 'v1.0.0 nova/v1.1.0', '', ''],
    [
      'all of five that were pushed at once, lowest first',
      'nova/v2.0.0 nova/v1.0.1 keystone/v1.0.0 nova/v1.0.0 keystone/v1.1.0',
      '',
      'keystone/v1.0.0 nova/v1.0.0 nova/v1.0.1 keystone/v1.1.0 nova/v2.0.0',
      '',
    ],
    [
      'no tag below a release of its operator',
      'nova/v1.0.0 nova/v1.1.0 nova/v1.2.0',
      'nova/v1.1.0',
      'nova/v1.2.0',
      'nova/v1.0.0',
    ],
    ['what is below another operator only', 'nova/v1.0.0 keystone/v9.0.0', 'keystone/v9.0.0', 'nova/v1.0.0', ''],
    ['no common tag that is below one of its operators', 'v1.0.0 nova/v2.0.0', 'nova/v2.0.0', '', 'v1.0.0'],
    ['nothing below a common release', 'v1.0.0 placement/v0.9.0', 'v1.0.0', '', 'placement/v0.9.0'],
    [
      'a pre-release before its version',
      'nova/v1.0.0 nova/v1.0.0-rc.2 nova/v1.0.0-rc.10',
      '',
      'nova/v1.0.0-rc.2 nova/v1.0.0-rc.10 nova/v1.0.0',
      '',
    ],
    ['no tag that is no version', 'v1.2 nightly nova/latest', '', '', ''],
  ])('releases %s', (_, tags, released, pending, ignored) => {
    expect(decide(tags, released)).toEqual([pending, ignored]);
  });

  it('releases what the input version names, whatever is released', () => {
    expect(decide('nova/v1.0.0 nova/v1.0.1', 'nova/v2.0.0', { version: '1.0.1' })).toEqual([
      'nova/v1.0.1',
      'nova/v1.0.0',
    ]);
    expect(decide('nova/v2.0.0', 'nova/v2.0.0', { version: '2.0.0' })).toEqual(['', '']);
  });

  it('releases only for the operators that are asked for', () => {
    expect(decide('nova/v1.0.0 keystone/v1.0.0 v1.1.0', '', { operators: ['nova'] })).toEqual([
      'nova/v1.0.0',
      'keystone/v1.0.0 v1.1.0',
    ]);
  });

  it('releases the highest of very many, and one that is asked for', () => {
    const tags = Array.from({ length: 50 }, (_, minor) => `nova/v1.${minor}.0`).join(' ');
    expect(decide(tags, '')[0].split(' ')).toEqual(Array.from({ length: 20 }, (_, at) => `nova/v1.${30 + at}.0`));
    expect(decide(tags, '', { version: '1.3.0' })[0]).toMatch(/^nova\/v1\.3\.0 nova\/v1\.3\d\.0/);
  });

  it('ends with nothing to do, also when it is interrupted after any release', () => {
    const tag = fc
      .tuple(fc.constantFrom('', 'keystone/', 'nova/'), fc.nat(2), fc.nat(3), fc.constantFrom('', '-rc.1'))
      .map(([prefix, major, minor, suffix]) => `${prefix}v${major}.${minor}.0${suffix}`);
    fc.assert(
      fc.property(
        fc.uniqueArray(tag, { maxLength: 12 }),
        fc.nat(12),
        fc.nat(12),
        (tags, alreadyReleased, interrupted) => {
          const ask = (released: readonly string[]): string[] =>
            planReconcile({ tags, released, reader, version: null, operators: [] }).pending.map((each) => each.tag);
          const before = tags.slice(0, alreadyReleased);
          const whole = ask(before);
          expect(whole.length).toBeLessThanOrEqual(mostPending);
          const versions = whole.map((each) => reader.release(each)?.version ?? expect.fail(each));
          for (const [at, version] of versions.slice(1).entries()) {
            expect(compareVersions(versions[at] ?? version, version)).toBeLessThanOrEqual(0);
          }
          const half = whole.slice(0, interrupted);
          // What is left is released by the next run, but for tags of one version for several operators.
          const rest = ask([...before, ...half]);
          expect(whole.slice(half.length)).toEqual(expect.arrayContaining(rest));
          expect(ask([...before, ...half, ...rest])).toEqual([]);
        },
      ),
    );
  });
});
