import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyDist } from '../lab/step.ts';
import { raceRows } from './races.ts';
import { table } from './report.ts';
import { singleRows } from './rows.ts';
import { readSubject } from './subject.ts';
import type { Subject } from './subject.ts';
import { playRow } from './suite.ts';

/** The 21 rows of the table with the shipped bundle, and with an action that is known to be bad. */

const rows = [...singleRows, ...raceRows];
const subjectAt = (name: string): Subject => readSubject(join(import.meta.dirname, `subjects/${name}.yaml`));

describe('this action', () => {
  let subject: Subject;
  beforeAll(async () => {
    const dist = await copyDist();
    subject = { ...subjectAt('operator-release'), main: join(dist, 'main.js'), post: join(dist, 'post.js') };
  });
  afterAll(() => rm(dirname(dirname(subject.main)), { recursive: true, force: true }));

  it('has 21 rows in the table', () => expect(rows).toHaveLength(21));

  it.concurrent.each(rows)('survives: $name', async (row) => {
    expect(await playRow(subject, row)).toMatchObject({ findings: [], notes: [] });
  });

  it('says in its documentation what the table says', () => {
    const document = readFileSync(join(import.meta.dirname, '../../docs/conformance.md'), 'utf8');
    const cells = (text: string): string[] => text.split('\n').map((line) => line.replace(/[\s-]+/g, ' '));
    const said = cells(document);
    for (const line of cells(table(rows.map((row) => ({ row, findings: [], notes: [], seconds: 0 })))))
      expect(said).toContain(line);
  });
});

describe('an action without a thought for what may go wrong', () => {
  it('is right nowhere, as it writes again what is there', async () => {
    const subject = subjectAt('naive');
    const verdicts = [];
    for (const row of singleRows) verdicts.push(await playRow(subject, row));
    const right = verdicts.filter(({ findings }) => findings.length === 0).map(({ row }) => row.name);
    expect(right).toEqual([]);
    const found = verdicts.flatMap(({ findings }) => findings).join('\n');
    for (const sentence of [
      'v1.2.3 is D[a.txt]',
      'v1.2.3 is D[a.txt b.txt*]',
      'not one release of v1.2.3 but D[a.txt] P[a.txt b.txt]',
      'on the way: a.txt was taken from the public release of v1.2.3',
      'on the way: Latest went from v2.0.0 back to v1.9.5',
      'exit 0 without a single file',
    ]) {
      expect(found).toContain(sentence);
    }
  });
});
