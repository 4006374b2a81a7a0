import { describe, expect, it } from 'vitest';
import { rules, Watch } from './invariants.ts';
import type { Known } from './invariants.ts';
import type { AssetState, State } from './state.ts';

const file: AssetState = { name: 'a.txt', state: 'uploaded', contentType: 'text/plain', size: 1, digest: 'sha256:aa' };
const release = { title: null, body: null, draft: false, prerelease: false, target: 'main', assets: [file] };
const draft = { ...release, tag: 'v0.1.0', draft: true };
const old = { ...release, tag: 'v0.0.9' };
const published = { ...release, tag: 'v0.1.0' };

const first: State = {
  names: { 'acme/mini:stable': 'sha256:old', 'acme/mini:v0.0': 'sha256:old', 'acme/mini:v0.0.9': 'sha256:old' },
  releases: [old],
  latest: 'v0.0.9',
  commit: 'c0ffee',
};
const named = { ...first.names, 'acme/mini:v0.1.0': 'sha256:new', 'acme/charts/mini:0.1.0': 'sha256:chart' };
const ready: State = { ...first, names: named, releases: [old, draft] };
const done: State = { ...first, names: named, releases: [old, published], latest: 'v0.1.0' };
const moved: State = { ...done, names: { ...named, 'acme/mini:stable': 'sha256:new', 'acme/mini:v0.1': 'sha256:new' } };

const index = (revision: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      manifests: [],
      annotations: { 'org.opencontainers.image.revision': revision },
    }),
  );

function world(change: Partial<Known> = {}): Known {
  return {
    planned: {
      sha: 'c0ffee',
      digest: 'sha256:new',
      earlierDigest: 'sha256:old',
      assets: new Map([['a.txt', 'sha256:aa']]),
      host: 'registry:5000',
    },
    folder: { manifest: () => index('c0ffee'), blob: () => Buffer.alloc(0) },
    images: { of: () => ['registry:5000/acme/mini:v0.1.0@sha256:00'] },
    ...change,
  };
}

function brokenBy(states: readonly State[], known = world()): readonly string[] {
  const [from, ...others] = states;
  if (from === undefined) throw new Error('no states');
  const watch = new Watch(known, from);
  for (const state of others) watch.look(state);
  return watch.broken;
}

describe('what must hold at every moment', () => {
  it('holds on the straight way', () => {
    expect(brokenBy([first, { ...first, names: named }, ready, done, moved, moved])).toEqual([]);
  });

  const without = (state: State, name: string): State => ({
    ...state,
    names: Object.fromEntries(Object.entries(state.names).filter(([key]) => key !== name)),
  });
  const assets = (...all: readonly AssetState[]): State => ({
    ...done,
    releases: [old, { ...published, assets: all }],
  });
  const cases: Readonly<Record<keyof typeof rules, readonly (readonly [string, readonly State[], Known?])[]>> = {
    'a tag has one release': [['a second draft', [first, { ...ready, releases: [old, draft, draft] }]]],
    'what is public is whole': [
      ['an asset is missing', [ready, assets()]],
      ['an asset is another one', [ready, assets({ ...file, digest: 'sha256:bb' })]],
      ['an upload is broken', [ready, assets(file, { ...file, name: 'b.txt', state: 'starter' })]],
    ],
    'what is public stays': [
      ['a release is gone', [done, { ...done, releases: [published] }]],
      ['a release is a draft again', [done, { ...done, releases: [{ ...old, draft: true }, published] }]],
      ['an asset is gone', [done, { ...done, releases: [{ ...old, assets: [] }, published] }]],
    ],
    'Latest never goes back': [
      ['to an older version', [done, { ...done, latest: 'v0.0.9' }]],
      ['to nothing', [done, { ...done, latest: null }]],
      ['to what is no version', [done, { ...done, latest: 'untagged-1' }]],
    ],
    'moving tags never go back': [
      ['to the older image', [moved, { ...moved, names: { ...moved.names, 'acme/mini:stable': 'sha256:old' } }]],
      ['to nothing', [moved, without(moved, 'acme/mini:stable')]],
    ],
    'a version never changes': [
      ['an image', [done, { ...done, names: { ...named, 'acme/mini:v0.0.9': 'sha256:new' } }]],
      ['a chart', [done, { ...done, names: { ...named, 'acme/charts/mini:0.1.0': 'sha256:other' } }]],
    ],
    'first the image, then the chart, then the release, then what moves': [
      ['no chart', [ready, without(done, 'acme/charts/mini:0.1.0')]],
      ['no image', [first, without(ready, 'acme/mini:v0.1.0')]],
      ['a tag moves early', [ready, { ...ready, names: moved.names }]],
      ['another image', [first, { ...first, names: { ...first.names, 'acme/mini:v0.1.0': 'sha256:other' } }]],
    ],
    'tag, image and release are of one commit': [
      ['the image', [first, ready], world({ folder: { manifest: () => index('beef'), blob: () => null } })],
      ['the tag', [ready, { ...done, commit: 'beef' }]],
    ],
    'what the chart deploys is there': [
      ['the image is not', [first, ready], world({ folder: { manifest: () => null, blob: () => null } })],
      ['not by digest', [first, ready], world({ images: { of: () => ['registry:5000/acme/mini:v0.1.0'] } })],
      ['elsewhere', [first, ready], world({ images: { of: () => ['docker.io/acme/mini@sha256:00'] } })],
    ],
  };

  it('has a case for each rule', () => {
    expect(Object.keys(cases)).toEqual(Object.keys(rules));
  });

  for (const [rule, ways] of Object.entries(cases)) {
    it.each(ways.map(([what, states, known]) => ({ what, states, known })))(`${rule}: $what`, ({ states, known }) => {
      expect(brokenBy(states, known).filter((text) => text.startsWith(`${rule}: `))).not.toEqual([]);
    });
  }
});
