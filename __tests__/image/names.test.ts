import { describe, expect, it } from 'vitest';
import { imageLabels } from '../../src/image/labels.ts';
import { hostPlatform } from '../../src/image/platform.ts';
import { isPinnedTo, pinnedReference, pulledReference } from '../../src/image/reference.ts';
import { printReference } from '../../src/registry/reference.ts';
import type { EventPlan, ImagePlan, OperatorPlan } from '../../src/plan/types.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const image = { repository: '127.0.0.1:5000/acme/memo', deployedTag: 'v1.2.3' } as ImagePlan;

describe('pinnedReference', () => {
  it('has tag and digest, and is the image that it is compared with', () => {
    expect(pinnedReference(image, digest)).toBe(`127.0.0.1:5000/acme/memo:v1.2.3@${digest}`);
    expect(isPinnedTo(pinnedReference(image, digest), image, digest)).toBe(true);
  });

  it.each([
    [`127.0.0.1:5000/acme/memo@${digest}`, true],
    [`127.0.0.1:5000/acme/memo:other@${digest}`, true],
    ['127.0.0.1:5000/acme/memo:v1.2.3', false],
    [`127.0.0.1:5000/acme/memo:v1.2.3@sha256:${'e'.repeat(64)}`, false],
    [`127.0.0.1:5000/acme/memo-web:v1.2.3@${digest}`, false],
    [`evil.example/127.0.0.1:5000/acme/memo:v1.2.3@${digest}`, false],
    ['', false],
  ])('%s: %s', (reference, expected) => {
    expect(isPinnedTo(reference, image, digest)).toBe(expected);
  });
});

describe('pulledReference', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.29', 'docker.io/library/nginx:1.29'],
    ['bitnami/kubectl', 'docker.io/bitnami/kubectl:latest'],
    ['localhost/op:v1', 'localhost/op:v1'],
    ['registry:5000/op', 'registry:5000/op:latest'],
    ['quay.io/acme/op:v1', 'quay.io/acme/op:v1'],
    [`ghcr.io/acme/op@${digest}`, `ghcr.io/acme/op@${digest}`],
  ])('%s is %s', (image, pulled) => {
    expect(printReference(pulledReference(image))).toBe(pulled);
  });
});

describe('imageLabels', () => {
  const event = { sha: 'a'.repeat(40), commitTime: 1_767_225_600, repository: 'acme/ops' } as EventPlan;
  const operator = { name: 'memo', version: { text: '1.2.3' } } as OperatorPlan;

  it('are properties of the commit, and not of the version or the run', () => {
    const env = { GITHUB_RUN_ID: '42', GITHUB_SERVER_URL: 'https://git.example.com' };
    expect(imageLabels(event, operator, env)).toEqual({
      'org.opencontainers.image.title': 'memo',
      'org.opencontainers.image.revision': 'a'.repeat(40),
      'org.opencontainers.image.created': '2026-01-01T00:00:00Z',
      'org.opencontainers.image.source': 'https://git.example.com/acme/ops',
    });
  });

  it('name no source where the repository is unknown', () => {
    expect(imageLabels({ ...event, repository: '' }, operator, {})).not.toHaveProperty([
      'org.opencontainers.image.source',
    ]);
  });
});

describe('hostPlatform', () => {
  it('is named as OCI names it', () => {
    expect(hostPlatform()).toMatch(/^linux\/(amd64|arm64|arm|s390x|ppc64)$/);
  });
});
