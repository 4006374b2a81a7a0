import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperatorPlan, Plan } from '../../src/plan/types.ts';
import { digestOf } from '../../src/registry/digest.ts';
import { need } from '../../src/registry/present.ts';
import { mediaTypes } from '../../src/registry/types.ts';
import { publishedPlatforms, receiptOf } from '../../src/release/receipt.ts';
import type { Artifacts } from '../../src/stages/types.ts';
import { client } from '../registry/helpers.ts';
import { startRegistry, startTimeout } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const chartDigest = `sha256:${'c'.repeat(64)}`;
/** What the registry has: not what the plan of this run wants. */
const image = { digest, platforms: ['linux/amd64', 'linux/s390x'], tags: ['v1.2.3'] };
const plan = { event: { repository: 'acme/ops', sha: 'a'.repeat(40), commitTime: 1 } } as unknown as Plan;
const operator = {
  name: 'memo',
  image: {
    repository: 'ghcr.io/acme/memo',
    platforms: ['linux/amd64', 'linux/arm64'],
    tags: [
      { tag: 'v1.2.3', moving: false, reason: 'new' },
      { tag: 'v1.2', moving: true, reason: 'moves' },
    ],
  },
  chart: { repository: 'ghcr.io/acme/charts/memo', version: '1.2.3' },
} as unknown as OperatorPlan;
const artifacts: Artifacts = {
  chartDigest,
  chart: { file: '/tmp/run-1/memo-1.2.3.tgz', sha256: 'e'.repeat(64), metadata: {}, images: [], pullPolicyKey: null },
};

describe('receiptOf', () => {
  it('names everything by digest, and nothing of the run', () => {
    const receipt = receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator, artifacts, image }]);
    expect(receipt).toEqual({
      schema: 1,
      repository: 'acme/ops',
      tag: 'v1.2.3',
      version: '1.2.3',
      commit: 'a'.repeat(40),
      operators: [
        {
          name: 'memo',
          image: {
            repository: 'ghcr.io/acme/memo',
            digest,
            platforms: image.platforms,
            tags: ['v1.2.3'],
          },
          chart: {
            repository: 'ghcr.io/acme/charts/memo',
            version: '1.2.3',
            digest: chartDigest,
            sha256: 'e'.repeat(64),
          },
        },
      ],
    });
  });

  it('is the same when the run is another one, in another folder and at another time', async () => {
    const first = JSON.stringify(receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator, artifacts, image }]));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const chart = {
      ...(artifacts.chart ?? { sha256: '', metadata: {}, images: [], pullPolicyKey: null }),
      file: '/tmp/run-2/other.tgz',
    };
    const again = receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator, artifacts: { ...artifacts, chart }, image }]);
    expect(JSON.stringify(again)).toBe(first);
  });

  it('lists the tags that are there, not those that the plan would set', () => {
    const untagged = { ...image, tags: [] };
    const [only] = receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator, artifacts: {}, image: untagged }]).operators;
    expect(only).toMatchObject({ image: { digest, tags: [] }, chart: null });
  });

  it('leaves out what an operator has not', () => {
    const without = { ...operator, image: null, chart: null } as unknown as OperatorPlan;
    const [only] = receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator: without, artifacts: {}, image: null }]).operators;
    expect(only).toEqual({ name: 'memo', image: null, chart: null });
    const unpublished = receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator, artifacts: {}, image: null }]).operators[0];
    expect(unpublished).toEqual({ name: 'memo', image: null, chart: null });
  });
});

describe('the published schema', () => {
  const file = join(import.meta.dirname, '../../schema/release.schema.json');
  const validate = new Ajv({ strict: true }).compile(JSON.parse(readFileSync(file, 'utf8')) as object);
  const receipt = receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator, artifacts, image }]);
  const [first] = receipt.operators;

  it('takes receipts', () => {
    expect(validate(receipt), JSON.stringify(validate.errors)).toBe(true);
    const nothing = receiptOf(plan, 'v1.2.3', '1.2.3', [{ operator, artifacts: {}, image: null }]);
    expect(validate(nothing)).toBe(true);
  });

  it.each([
    ['another version', { ...receipt, schema: 2 }],
    ['a key too much', { ...receipt, builtAt: '2026-01-01' }],
    ['a short commit', { ...receipt, commit: 'aaaaaaa' }],
    ['an image by tag only', { ...receipt, operators: [{ ...first, image: { ...first?.image, digest: 'v1' } }] }],
    ['an operator without a chart key', { ...receipt, operators: [{ name: 'memo', image: null }] }],
  ])('refuses %s', (_, wrong) => {
    expect(validate(wrong)).toBe(false);
  });
});

describe('publishedPlatforms', () => {
  let server: RealRegistry;
  beforeAll(async () => {
    server = await startRegistry({ memory: true });
  }, startTimeout);
  afterAll(() => server.stop());

  it('are those of the index without attestations, of one image its own', async () => {
    const { registry } = client();
    const repository = `${server.host}/acme/memo`;
    const put = async (mediaType: string, content: object): Promise<{ digest: string; size: number }> => {
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...content }));
      await registry.putManifest(repository, digestOf(bytes), bytes, mediaType);
      return { digest: digestOf(bytes), size: bytes.length };
    };
    const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'arm', variant: 'v7', config: {} }));
    const blob = { digest: digestOf(config), size: config.length };
    await registry.uploadBlob(repository, blob, { bytes: config });
    const one = await put(mediaTypes.manifest, {
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...blob },
      layers: [],
    });
    const entry = { mediaType: mediaTypes.manifest, ...one };
    const index = await put(mediaTypes.index, {
      manifests: [
        { ...entry, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
        { ...entry, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
        { ...entry, platform: { os: 'unknown', architecture: 'unknown' } },
      ],
    });
    const platformsOf = async (digest: string): Promise<readonly string[]> =>
      publishedPlatforms(registry, repository, await need(registry, repository, digest));
    expect(await platformsOf(index.digest)).toEqual(['linux/arm/v7', 'linux/arm64']);
    expect(await platformsOf(one.digest)).toEqual(['linux/arm/v7']);
  });
});
