import { describe, expect, it } from 'vitest';
import { findImageValues, pinImage } from '../../src/chart/values.ts';

const image = { repository: 'ghcr.io/acme/memo', tag: 'v1.2.3', digest: `sha256:${'a'.repeat(64)}` };
const both = `v1.2.3@${image.digest}`;

function pinned(values: string, configured: string | null = null): string {
  const place = findImageValues(values, configured);
  if (place === null) throw new Error('no place');
  return pinImage(values, place, image);
}

describe('findImageValues', () => {
  it.each([
    [
      "kubebuilder's v2-alpha",
      'manager:\n  image:\n    repository: controller\n    tag: latest\n    pullPolicy: IfNotPresent\n',
      ['manager', 'image'],
    ],
    [
      "kubebuilder's v1-alpha",
      'controllerManager:\n  container:\n    image: {repository: a, tag: b}\n',
      ['controllerManager', 'container', 'image'],
    ],
    [
      'helmify',
      'controllerManager:\n  manager:\n    image:\n      repository: a\n      tag: b\n',
      ['controllerManager', 'manager', 'image'],
    ],
    ['helm create', 'image:\n  repository: nginx\n  tag: ""\n', ['image']],
    [
      'the manager before a sidecar',
      'image:\n  repository: sidecar\nmanager:\n  image:\n    repository: a\n',
      ['manager', 'image'],
    ],
    ['what is no mapping of an image passed over', 'manager:\n  image: text\nimage:\n  repository: a\n', ['image']],
  ])('finds %s', (_, values, path) => {
    expect(findImageValues(values, null)).toMatchObject({ path });
  });

  it.each([
    ['a text, which may be any image', 'image: nginx:1\n'],
    ['nothing', ''],
    ['a list', '- image\n'],
    ['an image elsewhere', 'web:\n  image:\n    repository: a\n'],
  ])('finds none in %s', (_, values) => {
    expect(findImageValues(values, null)).toBeNull();
  });

  it('takes the configured place and no other', () => {
    const values = 'web:\n  image:\n    repository: a\n  plain: nginx:1\nimage:\n  repository: b\n';
    expect(findImageValues(values, 'web.image')).toEqual({ path: ['web', 'image'], keys: ['repository'] });
    expect(findImageValues(values, 'web.plain')).toEqual({ path: ['web', 'plain'], keys: [] });
    expect(findImageValues(values, 'web.none')).toBeNull();
  });
});

describe('pinImage', () => {
  it.each([
    [
      'repository and tag',
      'image:\n  repository: x\n  tag: v0\n',
      `image:\n  repository: "ghcr.io/acme/memo"\n  tag: "${both}"\n`,
    ],
    [
      'a digest of its own',
      'image:\n  repository: x\n  tag: v0\n  digest: ""\n',
      `image:\n  repository: "ghcr.io/acme/memo"\n  tag: "v1.2.3"\n  digest: "${image.digest}"\n`,
    ],
    [
      'a registry of its own',
      'image:\n  registry: docker.io\n  repository: x\n  tag: v0\n',
      `image:\n  registry: "ghcr.io"\n  repository: "acme/memo"\n  tag: "${both}"\n`,
    ],
    [
      'an empty tag',
      'image:\n  repository: x\n  tag:\n',
      `image:\n  repository: "ghcr.io/acme/memo"\n  tag: "${both}"\n`,
    ],
    [
      'an empty tag with a comment',
      'image:\n  repository: x\n  tag: # the appVersion\n',
      `image:\n  repository: "ghcr.io/acme/memo"\n  tag: "${both}" # the appVersion\n`,
    ],
    [
      'no tag',
      'image:\n  repository: x # there\n  pullPolicy: Always\n',
      `image:\n  repository: "ghcr.io/acme/memo" # there\n  tag: "${both}"\n  pullPolicy: Always\n`,
    ],
    [
      'no tag at the end of the text',
      'image:\n  repository: x',
      `image:\n  repository: "ghcr.io/acme/memo"\n  tag: "${both}"`,
    ],
    [
      'no tag in braces',
      'image: {repository: x, other: y}\n',
      `image: {repository: "ghcr.io/acme/memo", tag: "${both}", other: y}\n`,
    ],
    [
      'braces',
      "image: {repository: 'x', tag: !!str 1.0}\n",
      `image: {repository: "ghcr.io/acme/memo", tag: !!str "${both}"}\n`,
    ],
    [
      'an alias',
      'a: &t v0\nimage:\n  repository: x\n  tag: *t\n',
      `a: &t v0\nimage:\n  repository: "ghcr.io/acme/memo"\n  tag: "${both}"\n`,
    ],
    [
      'a block',
      'image:\n  repository: >-\n    x\n  tag: v0\n',
      `image:\n  repository: "ghcr.io/acme/memo"\n  tag: "${both}"\n`,
    ],
    [
      'Windows line ends',
      'image:\r\n  repository: x\r\n  tag: v0\r\n',
      `image:\r\n  repository: "ghcr.io/acme/memo"\r\n  tag: "${both}"\r\n`,
    ],
  ])('sets %s', (_, values, expected) => {
    expect(pinned(values)).toBe(expected);
  });

  it('sets a text that the configuration names', () => {
    expect(pinned('a: 1\nmanagerImage: nginx:1 # ours\n', 'managerImage')).toBe(
      `a: 1\nmanagerImage: "ghcr.io/acme/memo:${both}" # ours\n`,
    );
  });

  it('puts the port of a registry where the registry belongs', () => {
    const place = { path: ['image'], keys: ['registry', 'repository'] };
    const local = { ...image, repository: '127.0.0.1:5000/acme/memo' };
    const result = pinImage('image:\n  registry: a\n  repository: b\n', place, local);
    expect(result).toContain('registry: "127.0.0.1:5000"\n  repository: "acme/memo"');
  });

  it('leaves every other byte alone: Helm reads numbers and words otherwise than YAML 1.2', () => {
    const head = `# About these values.

mode: 0644 # octal
account: 12345678901234567890
factor: 12e03
hex: 0x1F
on: yes
none: ~
empty:
list:
- a
-   b
long: "folded
  text"
script: |
  echo  "x"

manager:
    # The image.
    image:
`;
    const foot = `
    replicas:   1
anchors: &a {x: 1,y: 2}
again: *a
`;
    const values = `${head}        repository:   controller   # replaced
        tag: 'latest'${foot}`;
    expect(pinned(values)).toBe(`${head}        repository:   "ghcr.io/acme/memo"   # replaced
        tag: "${both}"${foot}`);
    expect(pinned(pinned(values))).toBe(pinned(values));
  });
});
