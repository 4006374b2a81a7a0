import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { requires } from '../helpers/lab.ts';
import { read, tracked } from './files.ts';
import { blocks, steps, yamlSources } from './yaml-sources.ts';

/** What of a workflow is looked at. */
interface Workflow {
  readonly on: unknown;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Job {
  readonly uses?: string;
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly { readonly uses?: string; readonly with?: Readonly<Record<string, unknown>> }[];
}

/** The action, and the workflow around it that repositories with several operators call. */
const own = [
  'operator-release/operator-release@v1',
  'operator-release/operator-release/.github/workflows/operators.yml@v1',
];
/** Not for this repository, but for those that call it: there it uses what they would use. */
const offered = '.github/workflows/operators.yml';
const isOwn = (action: string | undefined): boolean => action !== undefined && own.includes(action);
const sources = yamlSources();
const all = sources.flatMap(steps);
const publishers = ['publish', 'finish', 'reconcile'];
const workflows = tracked('.github/workflows/*').map((path) => [path, parse(read(path)) as Workflow] as const);

describe('the steps of all workflows, in files and in the documentation', () => {
  it('use actions by their full commit, with the version as a comment', () => {
    const used = all.flatMap(({ where, uses }) => (uses === null ? [] : [{ where, ...uses }]));
    expect(used.length).toBeGreaterThan(5);
    const wrong = used.filter(
      ({ action, comment }) =>
        !action.startsWith('./') &&
        !isOwn(action) &&
        !(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(action) && /^v\d+\.\d+\.\d+$/.test(comment)),
    );
    expect(wrong).toEqual([]);
  });

  it('use our own action by its moving tag in what is for other repositories only', () => {
    const inside = tracked('.github', 'action.yml');
    expect(all.filter(({ where, uses }) => isOwn(uses?.action) && where !== offered && inside.includes(where))).toEqual(
      [],
    );
  });

  it('use one commit of each action', () => {
    const commits = new Map<string, Set<string>>();
    for (const { uses } of all) {
      const [action, commit] = uses?.action.split('@') ?? [];
      if (action === undefined || commit === undefined || isOwn(uses?.action)) continue;
      commits.set(action, (commits.get(action) ?? new Set()).add(commit));
    }
    expect([...commits].filter(([, each]) => each.size > 1)).toEqual([]);
  });

  it('put nothing into a script: an expression in `run` is code of whoever wrote its value', () => {
    expect(all.filter(({ run }) => run?.includes('${{') === true)).toEqual([]);
  });
});

describe.each(workflows)('%s', (_, workflow) => {
  const jobs = Object.entries(workflow.jobs);

  it('gives no permission to all jobs, and ends runs that are overtaken or waits for them', () => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.concurrency).toHaveProperty('group');
  });

  it('lets only jobs that publish write', () => {
    const writers = jobs.filter(([, job]) => Object.values(job.permissions ?? {}).includes('write'));
    expect(writers.map(([name]) => name).filter((name) => !publishers.includes(name))).toEqual([]);
  });

  it('limits the time of every job', () => {
    expect(jobs.filter(([, job]) => job.uses === undefined && job['timeout-minutes'] === undefined)).toEqual([]);
  });

  it('leaves no credentials in a checkout', () => {
    const checkouts = jobs.flatMap(([, job]) => job.steps ?? []).filter(({ uses }) => uses?.includes('/checkout@'));
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  });
});

it('the gate of ci.yml needs every other job, and runs also when one failed', () => {
  const { jobs } = parse(read('.github/workflows/ci.yml')) as Workflow;
  const { gate, ...others } = jobs;
  expect([...(gate?.needs ?? [])].sort()).toEqual(Object.keys(others).sort());
  expect(gate?.if).toBe('always()');
});

it('a monorepo calls the reusable workflow in fewer than 25 lines, with inputs and permissions that it has', () => {
  const callers = sources.filter(({ where, text }) => where.startsWith('README.md') && text.includes(own[1] ?? ''));
  expect(callers).toHaveLength(1);
  const [caller] = callers;
  expect(caller?.text.trimEnd().split('\n').length).toBeLessThan(25);
  const { jobs } = parse(caller?.text ?? '') as Workflow;
  const [job] = Object.values(jobs);
  const called = parse(read(offered)) as Workflow & { readonly on: { readonly workflow_call: { inputs: object } } };
  const inputs = Object.keys(called.on.workflow_call.inputs);
  expect(inputs).toEqual(expect.arrayContaining(Object.keys(job?.with ?? {})));
  // A job of a called workflow gets no more than its caller has.
  const asked = Object.values(called.jobs).flatMap(({ permissions }) => Object.entries(permissions ?? {}));
  for (const [name, level] of asked) expect([level, 'write'], name).toContain(job?.permissions?.[name]);
});

const lab = requires('actionlint');
const shown = sources.filter(({ where, text }) => !where.startsWith('.github/') && /^jobs:/m.test(text));

// Those in files are checked by .ci/lint-workflows.
it.skipIf(lab.missing.length > 0)(
  `actionlint finds nothing in workflows that the documentation shows${lab.note}`,
  () => {
    expect(shown.map(({ where }) => where.split(':')[0])).toContain('README.md');
    const findings = shown.flatMap(({ where, text }) => {
      const { status, stdout } = spawnSync('actionlint', ['-no-color', '-'], { input: text, encoding: 'utf8' });
      return status === 0 ? [] : [`${where}\n${stdout}`];
    });
    expect(findings).toEqual([]);
  },
);

describe('blocks', () => {
  it('finds YAML in Markdown, also in lists, with its line', () => {
    const page =
      'a\n```yaml\nuses: x/y@v1 # v1\n```\n\n- b\n\n  ```yml\n  run: echo ${{ 1 }}\n  ```\n```json\n{}\n```\n';
    expect(blocks('p.md', page)).toEqual([
      { where: 'p.md:3', text: 'uses: x/y@v1 # v1\n' },
      { where: 'p.md:9', text: 'run: echo ${{ 1 }}\n' },
    ]);
    expect(blocks('p.md', page).flatMap(steps)).toEqual([
      { where: 'p.md:3', uses: { action: 'x/y@v1', comment: 'v1' }, run: null },
      { where: 'p.md:9', uses: null, run: 'echo ${{ 1 }}' },
    ]);
  });
});
