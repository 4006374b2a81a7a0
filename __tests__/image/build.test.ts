import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildWithBuildx } from '../../src/image/buildx.ts';
import { buildWithKo } from '../../src/image/ko.ts';
import { hostPlatform } from '../../src/image/platform.ts';
import type { ImageRequest } from '../../src/image/request.ts';
import { kubebuilder, kubebuilderDockerfile } from '../fixtures/repos/layouts.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
import { hostOf } from './host.ts';

const repo = makeRepo({ ...kubebuilder, 'Dockerfile.dockerignore': 'bin/\n' });
afterAll(() => repo.remove());

const foreign = hostPlatform() === 'linux/amd64' ? 'linux/arm64' : 'linux/amd64';
const request = (more: Partial<ImageRequest> = {}): ImageRequest => ({
  context: '.',
  target: null,
  platforms: [hostPlatform()],
  buildArgs: {},
  labels: { 'org.opencontainers.image.title': 'memo; $(x)' },
  seconds: 1_767_225_600,
  ...more,
});

describe('buildWithBuildx', () => {
  it('writes a layout that holds nothing of the run', async () => {
    const { host, builds } = hostOf(repo.root);
    await buildWithBuildx(
      host,
      request({ buildArgs: { OPERATOR: 'a b' }, target: 'manager' }),
      'Dockerfile',
      '/out/image',
    );
    expect(builds).toEqual([
      {
        args: [
          ...[
            'buildx',
            'build',
            '--builder',
            'theirs',
            '--file',
            join(repo.root, 'Dockerfile'),
            '--platform',
            hostPlatform(),
          ],
          ...['--output', 'type=oci,tar=false,dest=/out/image,rewrite-timestamp=true'],
          ...['--provenance=false', '--sbom=false', '--progress=plain'],
          ...['--label', 'org.opencontainers.image.title=memo; $(x)'],
          ...['--annotation', 'manifest:org.opencontainers.image.title=memo; $(x)'],
          ...['--target', 'manager', '--build-arg', 'OPERATOR=a b', '--', repo.root],
        ],
        env: { SOURCE_DATE_EPOCH: '1767225600', BUILDX_NO_DEFAULT_ATTESTATIONS: '1' },
      },
    ]);
  });

  it('warns of a base image that may change', async () => {
    const { host, log } = hostOf(repo.root);
    await buildWithBuildx(host, request({}), 'Dockerfile', '/out/image');
    expect(log.lines.filter((line) => line.includes('has no digest'))).toEqual([
      'warning: Dockerfile:2: golang:1.26 has no digest; what it is may change under this commit',
      'warning: Dockerfile:15: gcr.io/distroless/static:nonroot has no digest; what it is may change under this commit',
    ]);
  });

  it.each([
    ['several platforms', [hostPlatform(), foreign]],
    ["one platform that is not the machine's", [foreign]],
  ])('compiles on the machine for %s, with a copy of the Dockerfile', async (_, platforms) => {
    const { host, builds, log } = hostOf(repo.root);
    await buildWithBuildx(host, request({ platforms }), 'Dockerfile', '/out/image');
    const file = builds[0]?.args[5] ?? '';
    expect(file).toBe(join(host.scratch, 'Dockerfile.cross'));
    expect(readFileSync(file, 'utf8')).toBe(
      kubebuilderDockerfile.replace('FROM golang', 'FROM --platform=$BUILDPLATFORM golang'),
    );
    expect(readFileSync(`${file}.dockerignore`, 'utf8')).toBe('bin/\n');
    expect(readFileSync(join(repo.root, 'Dockerfile'), 'utf8')).toBe(kubebuilderDockerfile);
    expect(log.lines.join('\n')).toContain('line 2 built on $BUILDPLATFORM');
    expect(builds[0]?.args.filter((arg) => arg.includes('manifest:'))).toEqual([
      `${platforms.length > 1 ? 'index,' : ''}manifest:org.opencontainers.image.title=memo; $(x)`,
    ]);
  });

  it('names a source that is missing, with the line', async () => {
    const stderr = `Dockerfile:3
--------------------
   2 |     FROM scratch
   3 | >>> COPY manager-amd64 /manager
--------------------
ERROR: failed to build: failed to solve: failed to compute cache key: failed to calculate checksum of ref a::b: "/manager-amd64": not found
`;
    const { host } = hostOf(repo.root, { exitCode: 1, stderr });
    await expect(buildWithBuildx(host, request(), 'Dockerfile', '/out')).rejects.toMatchObject({
      code: 'OR-IMAGE-SOURCE',
      message: 'the Dockerfile copies manager-amd64, which is not in the build context',
      at: { file: 'Dockerfile', line: 3 },
    });
  });

  it('shows the end of what else fails', async () => {
    const { host } = hostOf(repo.root, { exitCode: 1, stderr: 'x\nERROR: no such stage\n' });
    await expect(buildWithBuildx(host, request(), 'Dockerfile', '/out')).rejects.toMatchObject({
      code: 'OR-IMAGE-BUILD',
      excerpt: 'x\nERROR: no such stage',
      at: { file: 'Dockerfile' },
    });
  });
});

describe('buildWithKo', () => {
  it('pushes nothing, and says what the build said when it failed', async () => {
    const { host, builds } = hostOf(repo.root, { exitCode: 1, stderr: 'no package' });
    const build = buildWithKo(host, request({ platforms: ['linux/amd64', 'linux/arm64'] }), './cmd', '/out/image');
    await expect(build).rejects.toMatchObject({ code: 'OR-IMAGE-BUILD', excerpt: 'no package' });
    expect(builds[0]?.args).toEqual(expect.arrayContaining(['--push=false', '--platform=linux/amd64,linux/arm64']));
    expect(builds[0]?.args.slice(-2)).toEqual(['--', './cmd']);
    expect(builds[0]?.env).toMatchObject({ SOURCE_DATE_EPOCH: '1767225600' });
  });
});
