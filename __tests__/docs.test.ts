import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generate, stale } from '../scripts/docs.ts';
import { errorCodes, errorSections, uncovered } from '../scripts/docs/errors.ts';
import { readAction, table } from '../scripts/docs/readme.ts';
import { inputNames, readInputs } from '../src/inputs.ts';

const root = join(import.meta.dirname, '..');

describe('what is generated', () => {
  it('is fresh', async () => {
    expect(await stale(root)).toEqual([]);
  });

  let copy: string;
  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), 'docs-'));
    for (const path of ['README.md', 'action.yml', 'docs', 'schema']) {
      await cp(join(root, path), join(copy, path), { recursive: true });
    }
  });
  afterEach(() => rm(copy, { recursive: true }));

  it('is called stale, with the difference, when action.yml has changed', async () => {
    const action = await readFile(join(copy, 'action.yml'), 'utf8');
    await writeFile(join(copy, 'action.yml'), action.replace('Stages to run', 'Stages | to run'));
    const [found, ...more] = await stale(copy);
    expect(found).toMatch(/^README\.md is stale; run: node scripts\/docs\.ts\n(.*\n)*- .*Stages to run/);
    expect(found).toMatch(/\n\+ .*Stages \\\| to run/);
    expect(more).toEqual([]);
  });

  it('is called stale when a file is missing or edited by hand', async () => {
    await rm(join(copy, 'schema/plan.schema.json'));
    await writeFile(join(copy, 'docs/configuration.md'), 'mine');
    expect((await stale(copy)).map((each) => each.split(' ')[0])).toEqual([
      'schema/plan.schema.json',
      'docs/configuration.md',
    ]);
  });

  it('leaves the rest of the README alone', async () => {
    await writeFile(
      join(copy, 'README.md'),
      'before\n<!-- outputs:begin -->STALE<!-- outputs:end -->\nbetween\n<!-- inputs:begin --><!-- inputs:end -->\nafter\n',
    );
    const text = (await generate(copy)).get('README.md');
    expect(text).toMatch(
      /^before\n<!-- outputs:begin -->\n\n\| Output[^]*-->\nbetween\n<!-- inputs:begin -->\n\n\| Input[^]*-->\nafter\n$/,
    );
    expect(text).not.toContain('STALE');
  });

  it('says what it needs when the README or a marker is missing', async () => {
    await writeFile(join(copy, 'README.md'), '<!-- inputs:end --><!-- inputs:begin -->');
    await expect(generate(copy)).rejects.toThrow('<!-- inputs:begin --> and <!-- inputs:end -->, in this order');
    await rm(join(copy, 'README.md'));
    await expect(generate(copy)).rejects.toThrow('README.md is missing');
  });
});

describe('table', () => {
  it('keeps bars and line ends of a cell inside of it', async () => {
    expect(await table(['A'], [['x | y\nz']])).toBe('| A        |\n| -------- |\n| x \\| y z |\n');
  });
});

describe('action.yml', () => {
  it('has the inputs that the code reads, and defaults that mean "not given"', async () => {
    const { inputs } = await readAction(root);
    expect(Object.keys(inputs)).toEqual(inputNames);
    const env = Object.fromEntries(
      Object.entries(inputs)
        .filter(([name]) => name !== 'github-token')
        .map(([name, input]) => [`INPUT_${name.toUpperCase()}`, input.default]),
    );
    expect(readInputs(env)).toEqual(readInputs({}));
    expect(inputs['github-token']?.default).toBe('${{ github.token }}');
  });

  it('runs main and post on node24, and says so shortly enough for the Marketplace', async () => {
    const action = (await readAction(root)) as unknown as Record<string, unknown>;
    expect(action['runs']).toEqual({
      using: 'node24',
      main: 'dist/main.js',
      post: 'dist/post.js',
      'post-if': 'always()',
    });
    expect(String(action['description']).length).toBeLessThanOrEqual(125);
  });
});

describe('docs/errors.md', () => {
  it('has a section for every code of the source, and no other', async () => {
    const codes = await errorCodes(root);
    expect(codes.get('OR-CONFIG-KEY')).toContain('src/config/explain.ts');
    expect(uncovered(codes, await errorSections(root))).toEqual([]);
  });

  it('says what it means, why, and what to do', async () => {
    const text = await readFile(join(root, 'docs/errors.md'), 'utf8');
    const sections = text.split(/^## /m).slice(1);
    const thin = sections.filter((section) => !/\*\*What to do:\*\* \S/.test(section));
    expect(thin.map((section) => section.split('\n')[0])).toEqual([]);
  });

  it('is checked for what is missing, orphaned and out of order', () => {
    const codes = new Map([
      ['OR-A', ['src/a.ts']],
      ['OR-B', ['src/b.ts']],
    ]);
    expect(uncovered(codes, ['OR-A', 'OR-B'])).toEqual([]);
    expect(uncovered(codes, ['OR-C', 'OR-A'])).toEqual([
      'docs/errors.md has no section OR-B (src/b.ts)',
      'docs/errors.md has a section OR-C that no source names',
      'docs/errors.md: OR-A is twice or not in alphabetical order',
    ]);
  });
});
