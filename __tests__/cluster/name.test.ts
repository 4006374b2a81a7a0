import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterName } from '../../src/cluster/name.ts';

const github = { GITHUB_RUN_ID: '19612345678', GITHUB_RUN_ATTEMPT: '12' };
/** As large as Linux has them. */
const pid = 4_194_303;

describe('the name of a cluster', () => {
  it('is read at a glance where the name of the operator fits', () => {
    expect(clusterName('memo', github, 4711)).toBe('orp-19612345678-12-4711-memo');
    expect(clusterName('memo', {}, 4711)).toBe('orp-local-1-4711-memo');
  });

  it('keeps long names apart that begin alike', () => {
    const [a, b] = ['a', 'b'].map((end) => clusterName(`acme-platform-database-operator-${end}`, github, 4711));
    expect(a).toMatch(/^orp-19612345678-12-4711-acme-pl-[0-9a-f]{8}$/);
    expect(b).toMatch(/^orp-19612345678-12-4711-acme-pl-[0-9a-f]{8}$/);
    expect(a).not.toBe(b);
  });

  const part = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
  const name = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('-')),
    part.map((end) => `acme-platform-database-operator-${end}`),
    fc.string({ minLength: 1, maxLength: 60 }),
  );
  const run = fc.record({ id: fc.integer({ min: 1, max: 10 ** 13 }), attempt: fc.integer({ min: 1, max: 999 }) });

  it('differs by operator, and leaves kind room for the name of the node', () => {
    fc.assert(
      fc.property(name, name, run, fc.integer({ min: 1, max: pid }), (one, other, { id, attempt }, process) => {
        const env = { GITHUB_RUN_ID: `${id}`, GITHUB_RUN_ATTEMPT: `${attempt}` };
        const made = clusterName(one, env, process);
        // The same pattern as in src/cluster/abandoned.ts, which deletes nothing else.
        expect(made).toMatch(/^orp-[a-z0-9-]*[a-z0-9]$/);
        expect(made.length).toBeLessThanOrEqual(40);
        expect(made.split('-').slice(0, 4)).toEqual(['orp', `${id}`, `${attempt}`, `${process}`]);
        expect(clusterName(other, env, process) === made).toBe(one === other);
      }),
      { numRuns: 2000 },
    );
  });

  it('is no longer whatever the id of the run is', () => {
    fc.assert(
      fc.property(name, fc.string({ maxLength: 80 }), fc.string({ maxLength: 80 }), (operator, id, attempt) => {
        const made = clusterName(operator, { GITHUB_RUN_ID: id, GITHUB_RUN_ATTEMPT: attempt }, pid);
        expect(made).toMatch(/^orp-[a-z0-9-]*[a-z0-9]$/);
        expect(made.length).toBeLessThanOrEqual(40);
      }),
    );
    const long = { GITHUB_RUN_ID: 'r'.repeat(30) };
    expect(clusterName('a', long, pid)).not.toBe(clusterName('b', long, pid));
    expect(clusterName('a', long, 1)).not.toBe(clusterName('a', long, 2));
  });
});
