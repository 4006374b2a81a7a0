import { describe, expect, it } from 'vitest';
import {
  crossBuildOf,
  instructionsOf,
  onBuildPlatform,
  parseDockerfile,
  unpinnedBases,
} from '../../src/facts/dockerfile.ts';
import type { DockerfileStage } from '../../src/facts/dockerfile.ts';
import { kubebuilderDockerfile } from '../fixtures/repos/layouts.ts';

/** What the COPY instructions copy that come out of a text. */
const copied = (text: string): string[] =>
  instructionsOf(text)
    .filter(({ name }) => name === 'COPY')
    .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1))
    .filter((word) => !word.startsWith('<<'));
const crossOf = (text: string): ReturnType<typeof crossBuildOf> => crossBuildOf(parseDockerfile(text));

describe('parseDockerfile', () => {
  it("reads kubebuilder's", () => {
    const builder: DockerfileStage = {
      name: 'builder',
      from: 'golang:1.26',
      platform: null,
      line: 2,
      runs: true,
      usesTargetArch: true,
      uses: [],
    };
    const shipped: DockerfileStage = {
      name: null,
      from: 'gcr.io/distroless/static:nonroot',
      platform: null,
      line: 15,
      runs: false,
      usesTargetArch: false,
      uses: ['builder'],
    };
    expect(parseDockerfile(kubebuilderDockerfile)).toEqual([builder, shipped]);
  });

  it.each([
    [
      'any case and spaces',
      '  from\t--platform=$BUILDPLATFORM  golang:1  as  Build',
      { name: 'Build', from: 'golang:1', platform: '$BUILDPLATFORM' },
    ],
    ['a digest', 'FROM golang@sha256:abc', { name: null, from: 'golang@sha256:abc', platform: null }],
    ['arguments before the first stage', 'ARG BASE=golang\nFROM ${BASE} AS b', { name: 'b', from: '${BASE}', line: 2 }],
    ['a name that is continued', 'FROM golang \\\n  AS b', { name: 'b', from: 'golang', line: 1 }],
    ['a directive and Windows line ends', '# syntax=docker/dockerfile:1\r\nFROM a AS b\r\n', { name: 'b', line: 2 }],
  ])('reads a FROM with %s', (_, text, expected) => {
    expect(parseDockerfile(text)).toMatchObject([expected]);
  });

  it.each([
    ['continued lines', 'FROM a\nCOPY x \\\n  y \\\n  /to/', ['x', 'y']],
    ['a comment within continued lines', 'FROM a\nCOPY x \\\n  # not y\n  z /to/', ['x', 'z']],
    ['an empty line within continued lines', 'FROM a\nCOPY x \\\n\n  z /to/', ['x', 'z']],
    ['blanks after the escape', 'FROM a\nCOPY x \\ \t\n  z /to/', ['x', 'z']],
    ['another escape', '# escape=`\nFROM a\nCOPY x `\n  y c:\\\\', ['x', 'y']],
    ['a here-document as source', 'FROM a\nCOPY <<EOF /to/\nCOPY lie /to/\nEOF\nCOPY x /to/', ['x']],
    ['two here-documents', 'FROM a\nCOPY <<one <<"two" /to/\nCOPY 1 /\none\nCOPY 2 /\ntwo\nCOPY x /to/', ['x']],
    ['a script as here-document', "FROM a\nRUN <<-'EOF' bash\n\tCOPY lie /to/\n\tEOF\nCOPY x /to/", ['x']],
    ['an indented end that is none', 'FROM a\nRUN <<EOF\n  EOF\nCOPY lie /\nEOF\nCOPY x /to/', ['x']],
    ['a shift that is no here-document', 'FROM a\nRUN echo $((1<<3))\nCOPY x /to/', ['x']],
    ['a here-string', 'FROM a\nRUN cat <<<"text"\nCOPY x /to/', ['x']],
    ['arrows in a label', 'FROM a\nLABEL look="a <<b"\nCOPY x /to/', ['x']],
  ])('reads instructions with %s', (_, text, expected) => {
    expect(copied(text)).toEqual(expected);
  });

  it('survives what is no Dockerfile', () => {
    expect(parseDockerfile('')).toEqual([]);
    expect(parseDockerfile('RUN true')).toEqual([]);
    expect(parseDockerfile('FROM')).toMatchObject([{ from: '' }]);
    expect(parseDockerfile('FROM a\nCOPY [broken /to/\nRUN <<EOF\nnever ends')).toMatchObject([{ from: 'a' }]);
  });
});

describe('crossBuildOf', () => {
  const go = 'ARG TARGETARCH\nRUN GOARCH=$TARGETARCH go build';
  it.each([
    ["kubebuilder's builder is moved", kubebuilderDockerfile, { kind: 'rewrite', lines: [2] }],
    [
      'a builder on BUILDPLATFORM stays',
      `FROM --platform=$BUILDPLATFORM golang AS b\n${go}\nFROM scratch\nCOPY --from=b /m /`,
      { kind: 'as-is' },
    ],
    [
      'so does one with braces',
      `FROM --platform=\${BUILDPLATFORM} golang AS b\n${go}\nFROM scratch\nCOPY --from=b /m /`,
      { kind: 'as-is' },
    ],
    [
      'so does one on a platform of its own',
      `FROM --platform=linux/amd64 golang AS b\n${go}\nFROM scratch\nCOPY --from=b /m /`,
      { kind: 'as-is' },
    ],
    [
      'one on TARGETPLATFORM is moved',
      `FROM --platform=$TARGETPLATFORM golang AS b\n${go}\nFROM scratch\nCOPY --from=b /m /`,
      { kind: 'rewrite', lines: [1] },
    ],
    [
      'one that does not cross-compile needs QEMU',
      'FROM golang AS b\nRUN go build\nFROM scratch\nCOPY --from=b /m /',
      { kind: 'emulation', line: 1 },
    ],
    [
      'commands in what is shipped need QEMU',
      `FROM scratch\nFROM debian\nRUN apt-get update`,
      { kind: 'emulation', line: 2 },
    ],
    ['also with TARGETARCH', `FROM debian\n${go}`, { kind: 'emulation', line: 1 }],
    ['also through its parent', `FROM golang AS b\n${go}\nFROM b`, { kind: 'emulation', line: 1 }],
    ['nothing runs', 'FROM scratch\nCOPY manager /', { kind: 'as-is' }],
    [
      'a child is where its parent is',
      `FROM --platform=$BUILDPLATFORM golang AS b\nFROM B AS c\nRUN go build\nFROM scratch\nCOPY --from=c /m /`,
      { kind: 'as-is' },
    ],
    [
      'a parent moves with the child that compiles',
      `FROM golang AS b\nRUN go mod download\nFROM b AS c\n${go}\nFROM scratch\nCOPY --from=c /m /`,
      { kind: 'rewrite', lines: [1] },
    ],
    [
      'a stage may be called like its image',
      `FROM golang AS golang\n${go}\nFROM scratch\nCOPY --from=golang /m /`,
      { kind: 'rewrite', lines: [1] },
    ],
    [
      'a stage that nothing needs is not built',
      `FROM golang AS test\nRUN go test\nFROM --platform=$BUILDPLATFORM golang AS b\n${go}\nFROM scratch\nCOPY --from=b /m /`,
      { kind: 'as-is' },
    ],
    [
      'a stage is needed by its number',
      'FROM golang\nRUN go build\nFROM scratch\nCOPY --from=0 /m /',
      { kind: 'emulation', line: 1 },
    ],
    [
      'a stage is needed by a mount',
      'FROM golang AS b\nRUN go build\nFROM --platform=$BUILDPLATFORM a AS c\nRUN --mount=type=bind,from=b,target=/b cp /b/m /\nFROM scratch\nCOPY --from=c /m /',
      { kind: 'emulation', line: 1 },
    ],
  ])('%s', (_, text, expected) => {
    expect(crossOf(text)).toEqual(expected);
  });
});

describe('unpinnedBases', () => {
  it('are those that a name alone does not fix', () => {
    const text = `FROM --platform=$BUILDPLATFORM golang:1.26 AS Builder
FROM golang@sha256:${'a'.repeat(64)} AS pinned
FROM builder AS again
FROM \${BASE} AS told
FROM scratch
FROM gcr.io/distroless/static:nonroot
`;
    expect(unpinnedBases(parseDockerfile(text)).map(({ line }) => line)).toEqual([1, 6]);
  });
});

describe('onBuildPlatform', () => {
  it('changes nothing but the named lines', () => {
    const moved = onBuildPlatform(kubebuilderDockerfile, [2]);
    expect(moved).toBe(kubebuilderDockerfile.replace('FROM golang', 'FROM --platform=$BUILDPLATFORM golang'));
    expect(crossOf(moved)).toEqual({ kind: 'as-is' });
  });

  it('replaces the platform that is there, and keeps spelling and line ends', () => {
    expect(onBuildPlatform('from --platform=$TARGETPLATFORM a AS b\r\nRUN x\r\n', [1])).toBe(
      'from --platform=$BUILDPLATFORM a AS b\r\nRUN x\r\n',
    );
  });
});
