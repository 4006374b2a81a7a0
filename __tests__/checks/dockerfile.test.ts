import { describe, expect, it } from 'vitest';
import { lintDockerfile } from '../../src/checks/dockerfile.ts';
import { repository, runTask } from './bench.ts';

const told = (text: string, target: string | null = null): string[] =>
  lintDockerfile(text, target, 'Dockerfile').map(({ at, message }) => `${at?.line ?? 0}: ${message.slice(0, 34)}`);

/** As kubebuilder writes it. */
const good = `FROM --platform=\${BUILDPLATFORM:-linux/amd64} golang:1.24 AS builder
WORKDIR /workspace
COPY . .
RUN go build -o manager cmd/main.go

FROM gcr.io/distroless/static:nonroot
COPY --from=builder /workspace/manager .
USER 65532:65532

ENTRYPOINT ["/manager"]
`;

describe('a Dockerfile', () => {
  it('as kubebuilder writes it is good', () => {
    expect(told(good)).toEqual([]);
  });

  it.each([
    ['without a user', 'FROM alpine:3.22\nENTRYPOINT ["/m"]\n', ['1: no USER, so the manager runs as ro']],
    ['without a user, on a base that has one', 'FROM x/static:nonroot\nENTRYPOINT ["/m"]\n', []],
    ['as root', 'FROM scratch\nUSER 0:0\n', ['2: the manager runs as root; a cluste']],
    ['as root at last', 'FROM scratch\nUSER 65532\nUSER root\n', ['3: the manager runs as root; a cluste']],
    ['with the name of a user', 'FROM scratch\nUSER nonroot:nonroot\n', ['2: the user nonroot is a name: with r']],
    ['with a user from outside', 'ARG U=1\nFROM scratch\nARG U\nUSER ${U}\n', []],
    ['with a shell', 'FROM scratch\nUSER 1\nENTRYPOINT /manager --a\n', ['3: ENTRYPOINT without brackets runs i']],
    ['with a shell that it leaves', 'FROM scratch\nUSER 1\nENTRYPOINT exec /manager\n', []],
    [
      'on the newest base',
      'FROM golang AS b\nFROM x:latest\nUSER 1\n',
      ['1: golang is whatever is newest when ', '2: x:latest is whatever is newest whe'],
    ],
    [
      'on a digest, a registry with a port, a stage',
      'FROM a@sha256:1 AS b\nFROM h:5000/x:1 AS c\nFROM b\nUSER 1\n',
      [],
    ],
    [
      'with a download',
      'FROM scratch\nADD https://x.org/a /a\nADD --checksum=sha256:1 https://x.org/b /b\nUSER 1\n',
      ['2: ADD of a URL takes whatever is the'],
    ],
    ['that holds nothing', '', []],
  ])('%s', (_, text, warnings) => {
    expect(told(text)).toEqual(warnings);
  });

  it('is judged by the stage that is built, and by those it is made on', () => {
    const text = 'FROM scratch AS base\nUSER 1\nFROM base AS good\nENTRYPOINT ["/m"]\nFROM scratch AS bad\n';
    expect(told(text, 'good')).toEqual([]);
    expect(told(text)).toEqual(['5: no USER, so the manager runs as ro']);
  });

  it('only warns', async () => {
    const root = repository({ 'op/Dockerfile': 'FROM scratch\n' });
    const none = { golangci: false, golangciVersion: null, vet: false, chart: null } as const;
    const ran = await runTask(root, { stage: 'lint', ...none, dockerfile: { path: 'op/Dockerfile', target: null } });
    expect(ran).toMatchObject({
      problems: null,
      note: '1 finding',
      findings: [{ level: 'warning', at: { file: 'op/Dockerfile', line: 1 } }],
    });
  });
});
