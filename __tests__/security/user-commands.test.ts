import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProcess } from '../conformance/process.ts';
import type { ProcessResult } from '../conformance/process.ts';
import { cloneOf, makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { requires } from '../helpers/lab.ts';
import { pushEvent, pushVariables } from '../lab/push.ts';
import { formsOf, placesOfSecrets } from '../lab/secrets.ts';
import { freePort, login } from '../registry/real-registry.ts';
import { standInToken, startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';

/**
 * The project's own commands, make targets and tests, as a whole run starts them: each writes down its environment. The
 * run holds a token, a registry's password and what mints OIDC tokens; none of them may be in there.
 */

const lab = requires('go', 'make');
const root = join(import.meta.dirname, '../..');
const note = (name: string): string => `env > "$NOTES/${name}"`;
const stage = (name: string): string =>
  ['before', 'run', 'after'].map((when) => `${when}: [${JSON.stringify(note(`${name}-${when}`))}]`).join(', ');

const config = `operators:
  - name: op
    path: .
    image: { enabled: false }
    verify: { before: [${JSON.stringify(note('verify-before'))}] }
    lint: { ${stage('lint')} }
    test: { integration: { ${stage('integration')} } }
    release: { enabled: false }
`;
const makefile = `generate manifests:\n\t@env > "$$NOTES/make"\n`;
const test = `package op

import (
	"os"
	"strings"
	"testing"
)

func TestEnvironment(t *testing.T) {
	if err := os.WriteFile(os.Getenv("NOTES")+"/go-test", []byte(strings.Join(os.Environ(), "\\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}
`;
const password = `pw-${login.password}-0123456789`;
const job = {
  GITHUB_TOKEN: standInToken,
  ACTIONS_RUNTIME_TOKEN: 'runtime-0123456789',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'oidc-0123456789',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://oidc.example',
  // What a credential helper of Docker's may have.
  AWS_SECRET_ACCESS_KEY: 'aws-0123456789',
  // Given to the step under a name that says nothing.
  NETRC_LINE: `machine github.com login x password ${standInToken}`,
  SHOWN: 'plain',
};
const secrets = [standInToken, password, 'runtime-0123456789', 'oidc-0123456789', 'aws-0123456789'].flatMap(formsOf);

describe.skipIf(lab.missing.length > 0)(`the project's own commands${lab.note}`, { timeout: 180_000 }, () => {
  let origin: Repo;
  let checkout: Repo;
  let notes: string;
  let github: GitHubStandIn;
  let result: ProcessResult;
  beforeAll(async () => {
    origin = makeRepo({
      '.github/operator-release.yaml': config,
      PROJECT: 'projectName: op\n',
      Makefile: makefile,
      'go.mod': 'module example.com/op\n\ngo 1.24\n',
      'op.go': 'package op\n',
      'op_test.go': test,
    });
    notes = await mkdtemp(join(tmpdir(), 'notes-'));
    github = await startGitHub();
    github.seed.repository('acme/op', { gitDir: origin.root });
    const pushed = { repository: 'acme/op', branch: 'main', ref: 'main', sha: origin.git('rev-parse', 'HEAD') };
    checkout = cloneOf(origin);
    const step = await startProcess({
      main: join(root, 'src/main.ts'),
      post: join(root, 'src/post.ts'),
      workspace: checkout.root,
      event: pushEvent(origin, pushed),
      variables: { ...pushVariables(github, pushed), ...job, NOTES: notes },
      inputs: {
        'github-token': standInToken,
        registry: `127.0.0.1:${await freePort()}/acme`,
        'registry-password': password,
      },
      secrets,
    });
    result = await step.end();
  }, 180_000);
  afterAll(async () => {
    await github.close();
    origin.remove();
    checkout.remove();
    await rm(notes, { recursive: true });
  });

  it.each([
    ...['verify-before', 'lint-before', 'lint-run', 'lint-after', 'integration-before', 'integration-run'],
    ...['make', 'go-test'],
  ])('%s sees no token, no password and no login', async (name) => {
    const seen = await readFile(join(notes, name), 'utf8').catch(() => result.log);
    expect(seen).toContain('SHOWN=plain');
    expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
    const names = seen.split('\n').map((line) => line.slice(0, line.indexOf('=')));
    expect(names.filter((each) => /^(INPUT_|STATE_|ACTIONS_)|TOKEN|PASSWORD|_CONFIG$/.test(each))).toEqual([]);
  });

  it('leave nothing of it behind in files, logs and argument lists', () => {
    expect(result.exitCode, result.log).toBe(0);
    expect(placesOfSecrets(result, secrets)).toEqual([]);
    expect(result.left).toEqual([]);
  });
});
