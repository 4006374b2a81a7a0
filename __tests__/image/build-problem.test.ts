import { describe, expect, it } from 'vitest';
import { buildProblem } from '../../src/image/build-problem.ts';

const noise = '#0 building with "operator-release" instance using docker-container driver\n\n#1 DONE 0.1s\n';
const missingBase = `${noise}
#2 ERROR: 127.0.0.1:5000/nosuch/base:v9: not found
------
 > [internal] load metadata for 127.0.0.1:5000/nosuch/base:v9:
------
Dockerfile:26
--------------------
  24 |     # Use distroless as minimal base image to package the manager binary
  26 | >>> FROM 127.0.0.1:5000/nosuch/base:v9
--------------------
ERROR: failed to build: failed to solve: 127.0.0.1:5000/nosuch/base:v9: failed to resolve source metadata for 127.0.0.1:5000/nosuch/base:v9: 127.0.0.1:5000/nosuch/base:v9: not found
`;
const broken = `${noise}
------
 > [builder 7/7] RUN go build -o manager cmd/main.go:
1.234 internal/controller/a.go:52:2: undefined: x
------
Dockerfile:22
--------------------
  22 | >>> RUN go build -o manager cmd/main.go
--------------------
ERROR: failed to build: failed to solve: process "/bin/sh -c go build -o manager cmd/main.go" did not complete successfully: exit code: 1
`;
const missingSource = `${noise}
------
 > [builder 4/7] COPY pkg/ pkg/:
------
Dockerfile:14
--------------------
  14 | >>> COPY pkg/ pkg/
--------------------
ERROR: failed to build: failed to solve: failed to compute cache key: failed to calculate checksum of ref abc::def: "/pkg": not found
`;

describe('a build that fails', () => {
  it.each([
    [
      'the base image is not there',
      missingBase,
      26,
      'the base image 127.0.0.1:5000/nosuch/base:v9 cannot be pulled: not found',
    ],
    [
      'a step fails',
      broken,
      22,
      'docker buildx build failed: process "/bin/sh -c go build -o manager cmd/main.go" did not complete successfully: exit code: 1',
    ],
    ['a source is not there', missingSource, 14, 'the Dockerfile copies pkg, which is not in the build context'],
  ])('%s', (_, stderr, line, message) => {
    const problem = buildProblem(stderr, 'op/Dockerfile');
    expect(problem).toMatchObject({ message, at: { file: 'op/Dockerfile', line } });
    expect(problem.excerpt).toMatch(/^------\n > /);
  });

  it('shows what the step wrote', () => {
    expect(buildProblem(broken, 'Dockerfile').excerpt).toContain('internal/controller/a.go:52:2: undefined: x');
  });

  it('shows the end of anything else', () => {
    expect(buildProblem('ERROR: no builder\n', 'Dockerfile')).toMatchObject({
      message: 'docker buildx build failed',
      excerpt: 'ERROR: no builder',
    });
  });
});
