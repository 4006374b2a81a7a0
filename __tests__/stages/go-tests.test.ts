import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { TaskSpec } from '../../src/plan/types.ts';
import { codes, repository, runTask } from '../checks/bench.ts';
import { requires } from '../helpers/lab.ts';

const compiler = requires('gcc');

const half = `package half

func Half(n int) int {
	if n%2 == 0 {
		return n / 2
	}
	return 0
}
`;
const racy = `package racy

import "testing"

func TestRace(t *testing.T) {
	done := make(chan struct{})
	n := 0
	go func() { n++; close(done) }()
	n++
	<-done
	_ = n
}
`;
const failing = (name: string): string =>
  `import "testing"\n\nfunc Test${name}(t *testing.T) { t.Fatal("it fails") }\n`;

const module = repository({
  'go.mod': [
    'module example.com/it',
    'go 1.25',
    'require sigs.k8s.io/controller-runtime v0.0.0',
    'replace sigs.k8s.io/controller-runtime => ./runtime\n',
  ].join('\n\n'),
  'half/half.go': half,
  'half/half_test.go': `package half\n\nimport "testing"\n\nfunc TestHalf(t *testing.T) { Half(2) }\n`,
  'tagged/doc.go': 'package tagged\n',
  'tagged/slow_test.go': `//go:build slow && deep\n\npackage tagged\n\n${failing('Slow')}`,
  'racy/doc.go': 'package racy\n',
  'racy/racy_test.go': racy,
  'wanting/doc.go': 'package wanting\n',
  'wanting/env_test.go': `package wanting

import (
	"os"
	"testing"
)

func TestEnv(t *testing.T) {
	if os.Getenv("WANTED") != "yes" {
		t.Fatal("no WANTED")
	}
}
`,
  // In place of controller-runtime: only its import path matters here.
  'runtime/go.mod': 'module sigs.k8s.io/controller-runtime\n\ngo 1.25\n',
  'runtime/pkg/envtest/envtest.go': 'package envtest\n',
  'control/plane_test.go': `package control

import (
	"os"
	"testing"

	_ "sigs.k8s.io/controller-runtime/pkg/envtest"
)

func TestPlane(t *testing.T) { t.Log("ASSETS=" + os.Getenv("KUBEBUILDER_ASSETS")); t.Fatal("to see the log") }
`,
});

type Spec<Stage> = Extract<TaskSpec, { stage: Stage }>;
const unit: Spec<'unit'> = { stage: 'unit', packages: null, race: false, buildTags: [], minCoverage: null };
const one = (name: string): Spec<'unit'> => ({ ...unit, packages: [`./${name}/...`] });

describe('the packages of a test', { timeout: 120_000 }, () => {
  it('are those that are named', async () => {
    expect(await runTask(module, one('half'))).toMatchObject({ problems: null, note: '1 test, 66.7 % covered' });
    const both = { ...unit, packages: ['./half', './racy'] };
    expect(await runTask(module, both)).toMatchObject({
      problems: null,
      note: expect.stringMatching(/^2 tests/) as string,
    });
  });

  it('are all of the module without a name', async () => {
    const ran = await runTask(module, unit);
    expect(ran.problems?.[0]?.message).toBe('failed: TestEnv');
    expect(ran.note).toBe('3 tests, 1 failed');
  });

  it.each(['./nothing/...', './nothing', 'example.com/elsewhere/...'])('%s is a mistake', async (pattern) => {
    const ran = await runTask(module, { ...unit, packages: [pattern] });
    expect(codes(ran)[0]).toMatch(/^OR-TEST-(PACKAGES|COMPILE)$/);
  });

  it('are never read as a flag', async () => {
    const ran = await runTask(module, { ...unit, packages: ['-e'] });
    expect(codes(ran)).toEqual(['OR-TEST-COMPILE']);
  });
});

describe('build tags', { timeout: 120_000 }, () => {
  it('choose what is listed and what is tested', async () => {
    expect(await runTask(module, one('tagged'))).toMatchObject({ problems: null, note: 'no unit tests' });
    const ran = await runTask(module, { ...one('tagged'), buildTags: ['slow', 'deep'] });
    expect(ran.problems?.[0]).toMatchObject({ code: 'OR-TEST-FAILED', message: 'failed: TestSlow' });
    expect(ran.problems?.[0]?.hint).toContain('go test -tags=slow,deep example.com/it/tagged');
  });
});

describe('minCoverage', { timeout: 120_000 }, () => {
  it('is met by as much, and not by less', async () => {
    expect((await runTask(module, { ...one('half'), minCoverage: 66.7 })).problems).toBeNull();
    const ran = await runTask(module, { ...one('half'), minCoverage: 66.8 });
    expect(ran.problems?.[0]).toMatchObject({
      code: 'OR-TEST-COVERAGE',
      message: 'unit: 66.7 % of the statements are covered, and at least 66.8 % have to be',
    });
    expect(ran.note).toBe('1 test, 66.7 % covered');
  });

  it('is not met without tests, unless it is 0', async () => {
    expect(codes(await runTask(module, { ...one('tagged'), minCoverage: 1 }))).toEqual(['OR-TEST-COVERAGE']);
    expect(codes(await runTask(module, { ...one('tagged'), minCoverage: 0 }))).toEqual([]);
  });
});

describe('the race detector', { timeout: 240_000 }, () => {
  it.skipIf(compiler.missing.length > 0)(
    `finds races where it is asked to, whatever CGO_ENABLED says${compiler.note}`,
    async () => {
      expect((await runTask(module, one('racy'))).problems).toBeNull();
      const env = { CGO_ENABLED: '0' };
      const ran = await runTask(module, { ...one('racy'), race: true }, { commands: { env } });
      expect(ran.problems?.[0]).toMatchObject({ code: 'OR-TEST-FAILED', message: 'failed: TestRace' });
      expect(ran.problems?.[0]?.excerpt).toContain('DATA RACE');
    },
  );

  it('says that the compiler is missing', async () => {
    const env = { CC: 'no-such-cc -m64' };
    const ran = await runTask(module, { ...one('half'), race: true }, { commands: { env } });
    expect(ran.problems?.[0]).toMatchObject({
      code: 'OR-TEST-RACE',
      message: 'the race detector needs a C compiler, and no-such-cc cannot be started',
    });
  });
});

describe('the time limit', { timeout: 120_000 }, () => {
  const go = execFileSync('which', ['go'], { encoding: 'utf8' }).trim();
  const wrapped = repository({ 'bin/go': `#!/bin/sh\n[ "$1" = test ] && echo "asked: $*"\nexec "${go}" "$@"\n` });
  const asked = async (timeoutMs: number, env: Readonly<Record<string, string>> = {}): Promise<string> => {
    const PATH = `${wrapped}/bin:${process.env.PATH ?? ''}`;
    const ran = await runTask(module, one('half'), { timeoutMs, commands: { env: { PATH, ...env } } });
    expect(ran.problems).toBeNull();
    return /^asked: .*$/m.exec(ran.log)?.[0] ?? '';
  };

  it.each([
    ['a default stage', 20 * 60_000, '1080s'],
    ['a long stage', 90 * 60_000, '5280s'],
    ['a short stage', 60_000, '45s'],
  ])('of %s holds for its tests, and leaves room to show where they hang', async (_, timeoutMs, expected) => {
    expect(await asked(timeoutMs)).toMatch(new RegExp(` -timeout=${expected} `));
  });

  it.each(['-timeout=5m', '-count=1 --timeout=5m', "'-test.timeout=5m'"])(
    'of GOFLAGS %s counts more',
    async (flags) => {
      expect(await asked(60_000, { GOFLAGS: flags })).not.toContain('timeout');
    },
  );

  it('is given where GOFLAGS says something else', async () => {
    expect(await asked(60_000, { GOFLAGS: '-mod=mod -tags=timeout' })).toContain(' -timeout=45s ');
  });
});

it('gives tests the environment of the configuration', async () => {
  expect(codes(await runTask(module, one('wanting')))).toEqual(['OR-TEST-FAILED']);
  const ran = await runTask(module, one('wanting'), { commands: { env: { WANTED: 'yes' } } });
  expect(ran.problems).toBeNull();
});

describe('envtest', { timeout: 120_000 }, () => {
  /** Folders with programs that are there but not run; setup-envtest answers with what it was asked for. */
  const programs = repository({
    'set/kube-apiserver': '#!/bin/sh\n',
    'set/etcd': '#!/bin/sh\n',
    'got/kube-apiserver': '#!/bin/sh\n',
    'got/etcd': '#!/bin/sh\n',
    'bin/setup-envtest': '#!/bin/sh\necho "asked: $* env=$ENVTEST_USE_ENV" >&2\nprintf %s "$(dirname "$0")/../got"\n',
  });
  const env = { PATH: `${programs}/bin:${process.env.PATH ?? ''}`, KUBEBUILDER_ASSETS: `${programs}/set` };
  const spec: Spec<'integration'> = { ...unit, stage: 'integration', envtestVersion: null };

  it('is what KUBEBUILDER_ASSETS names, of the configuration before that of the machine', async () => {
    expect((await runTask(module, spec, { env })).log).toContain(`ASSETS=${programs}/set`);
    const own = { KUBEBUILDER_ASSETS: `${programs}/got` };
    expect((await runTask(module, spec, { env, commands: { env: own } })).log).toContain(`ASSETS=${programs}/got`);
  });

  it('is of the version that is asked for, whatever KUBEBUILDER_ASSETS says', async () => {
    const ran = await runTask(
      module,
      { ...spec, envtestVersion: '1.30.x' },
      { env, commands: { env: { ENVTEST_USE_ENV: '1' } } },
    );
    expect(ran.log).toContain('asked: use 1.30.x -p path env=\n');
    expect(ran.log).toContain(`ASSETS=${programs}/bin/../got`);
  });
});
