import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, it } from 'vitest';
import { setArguments } from '../../src/chart/set-values.ts';
import { exec } from '../../src/tools/exec.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
import { chartIn, helm } from './charts.ts';

const values = {
  'proxy.noProxy': '10.0.0.0/8,.svc',
  'proxy.pair': 'a,b=c',
  'text.true': 'true',
  'text.null': 'null',
  'text.number': '007',
  'text.list': '{a,b}',
  'text.quoted': 'say "hi" \\ back\nand ü',
  'text.empty': '',
  'nodeSelector.kubernetes\\.io/os': 'linux',
  'list[1].name': 'second',
  'kept.whole': 1_000_000,
  'kept.negative': -3,
  'kept.fraction': 0.5,
  'kept.boolean': false,
};

it('keeps whole numbers as they are, and the kind of everything else', () => {
  expect(setArguments({ 'a.b': 'x,y', c: 'true', d: true, e: 3, f: 1.5 })).toEqual([
    ...['--set-json', 'a.b="x,y"', '--set-json', 'c="true"', '--set-json', 'd=true', '--set', 'e=3'],
    ...['--set-json', 'f=1.5'],
  ]);
  expect(setArguments({})).toEqual([]);
});

it.skipIf(helm === null)('gives a chart just these values', async () => {
  const template = 'all: {{ omit .Values "global" "greeting" | toJson }}\nshown: "{{ .Values.kept.whole }}"\n';
  const repo = makeRepo(chartIn('chart', 'memo', { 'templates/map.yaml': template }));
  try {
    const args = ['template', 'it', join(repo.root, 'chart'), ...setArguments(values)];
    expect(load((await exec(helm ?? '', args)).stdout)).toEqual({
      all: {
        proxy: { noProxy: '10.0.0.0/8,.svc', pair: 'a,b=c' },
        text: {
          ...{ true: 'true', null: 'null', number: '007', list: '{a,b}', quoted: 'say "hi" \\ back\nand ü', empty: '' },
        },
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        list: [null, { name: 'second' }],
        kept: { whole: 1_000_000, negative: -3, fraction: 0.5, boolean: false },
      },
      shown: '1000000',
    });
  } finally {
    repo.remove();
  }
});
