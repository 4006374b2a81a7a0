import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { VersionPlan } from '../../src/plan/types.ts';
import { placeInWords } from '../../src/report/problem-text.ts';
import { codes, repository, runTask } from './bench.ts';
import type { Ran } from './bench.ts';

const file = 'op/config/crd/bases/things.yaml';
const crd = (spec: string): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.com
spec:
  names: { kind: Thing }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
${spec}`;
const size = '                size:\n                  type: integer\n';
const mode = (values: string): string =>
  `                mode:\n                  type: string\n                  enum: ${values}\n`;

/** A checkout whose release v1.2.2 is tagged, and which has changed since. */
function changed(now: string | null): string {
  const root = repository({ [file]: crd(size + mode('[a, b]')) });
  execFileSync('git', ['-C', root, 'tag', 'v1.2.2']);
  if (now === null) rmSync(join(root, file));
  else writeFileSync(join(root, file), now);
  return root;
}

const task = { stage: 'verify', tidy: false, generate: [] } as const;
const verify = (root: string, text: string, kind: VersionPlan['kind'] = 'release', previous = '1.2.2'): Promise<Ran> =>
  runTask(
    root,
    { ...task, api: { since: 'v1.2.2', folders: ['op/config/crd/bases', 'op/chart/crds'] } },
    { version: { kind, text, previous, previousTag: 'v1.2.2' } },
  );

describe('the API of a release', () => {
  it('is broken by a field that is gone and a value that is refused, each at its line', async () => {
    const ran = await verify(changed(crd(mode('[a]'))), '1.2.3');
    expect(codes(ran)).toEqual(['OR-VERIFY-API']);
    expect(ran.problems?.[0]?.message).toBe(
      '1.2.3 is a patch release, but breaks the API of v1.2.2: things.example.com v1 spec.size: the field is removed, and 1 more',
    );
    expect(
      ran.findings.map(({ level, at, message }) => `${level} ${at === undefined ? '' : placeInWords(at)} ${message}`),
    ).toEqual([
      `error ${file}:17 things.example.com v1 spec.size: the field is removed since v1.2.2`,
      `error ${file}:18 things.example.com v1 spec.mode: "b" not accepted any more since v1.2.2`,
    ]);
  });

  it.each([
    ['2.0.0', 'release', '1.2.2', []],
    ['1.3.0', 'release', '1.2.2', ['OR-VERIFY-API']],
    ['1.3.0-rc.1', 'prerelease', '1.2.2', ['OR-VERIFY-API']],
    ['1.3.0-rc.2', 'prerelease', '1.3.0-rc.1', []],
    ['0.3.0', 'release', '0.2.2', []],
    ['0.2.3', 'release', '0.2.2', ['OR-VERIFY-API']],
    ['1.2.3-dev.4', 'snapshot', '1.2.2', []],
  ] as const)('may be broken by %s (%s after %s): %j', async (text, kind, previous, problems) => {
    const ran = await verify(changed(crd(mode('[a, b]'))), text, kind, previous);
    expect(codes(ran)).toEqual(problems);
    const level = problems.length > 0 ? 'error' : kind === 'snapshot' ? 'warning' : 'notice';
    expect(ran.findings.map((finding) => finding.level)).toEqual([level]);
  });

  it('is kept by what is added', async () => {
    const ran = await verify(changed(crd(size + mode('[a, b, c]'))), '1.2.3');
    expect(ran).toMatchObject({ problems: null, findings: [], note: 'API fits v1.2.2' });
    expect(ran.log).toContain('things.example.com v1 spec.mode: "c" accepted');
  });

  it('is broken by a definition that is gone', async () => {
    const ran = await verify(changed(null), '1.2.3');
    expect(codes(ran)).toEqual(['OR-VERIFY-API']);
    expect(ran.findings.map(({ at }) => at)).toEqual([undefined]);
  });

  it('is fetched into a shallow clone without tags', async () => {
    const origin = changed(crd(size));
    execFileSync('git', ['-C', origin, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '-am', 'b']);
    const clone = join(mkdtempSync(join(tmpdir(), 'operator-release-checks-')), 'clone');
    execFileSync('git', ['clone', '--quiet', '--depth=1', '--no-tags', pathToFileURL(origin).href, clone]);
    expect(codes(await verify(clone, '1.2.3'))).toEqual(['OR-VERIFY-API']);

    execFileSync('git', ['-C', clone, 'tag', '--delete', 'v1.2.2']);
    rmSync(origin, { recursive: true });
    const alone = await verify(clone, '1.2.3');
    expect(alone).toMatchObject({ problems: null, note: '' });
    expect(alone.findings.map(({ level, title }) => `${level} ${title ?? ''}`)).toEqual(['warning API not compared']);
    rmSync(join(clone, '..'), { recursive: true });
  });
});
