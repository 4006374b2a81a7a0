import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveStatus } from '../../src/report/status.ts';
import { width } from '../../src/report/text.ts';
import { outcomeSample, rolloutProblem } from './samples.ts';
import type { StageName } from '../../src/plan/types.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(columns?: number, mask = (text: string) => text): { status: LiveStatus; written: string[] } {
  const written: string[] = [];
  const start = Date.now();
  const status = new LiveStatus({
    write: (text) => written.push(text),
    now: () => Date.now() - start,
    columns: columns === undefined ? undefined : () => columns,
    mask,
  });
  return { status, written };
}

function done(status: LiveStatus, stage: StageName, ms: number, operator = 'keystone'): void {
  const outcome = outcomeSample(operator, stage, { state: 'done' }, { ms });
  status.handle({ kind: 'ended', id: `${operator}/${stage}`, atMs: ms, outcome });
}

describe('in a log', () => {
  it('writes a line every 30 s, and none once it is stopped', () => {
    const { status, written } = setUp();
    status.handle({ kind: 'started', id: 'keystone/lint', atMs: 0 });
    status.handle({ kind: 'started', id: 'keystone/e2e', atMs: 0 });
    done(status, 'lint', 20_000);
    vi.advanceTimersByTime(29_999);
    expect(written).toEqual([]);
    status.handle({ kind: 'progress', id: 'keystone/e2e', text: 'waiting for deployment\nx: 0/1 ready' });
    vi.advanceTimersByTime(30_001);
    expect(written).toEqual([
      '00:30  lint ✓ 0:20   e2e ⋯ 0:30 waiting for deployment x: 0/1 ready\n',
      '01:00  lint ✓ 0:20   e2e ⋯ 1:00 waiting for deployment x: 0/1 ready\n',
    ]);
    status.stop();
    vi.advanceTimersByTime(90_000);
    expect(written).toHaveLength(2);
  });

  it('names the operators when there are several', () => {
    const { status, written } = setUp();
    status.handle({ kind: 'started', id: 'nova/lint', atMs: 0 });
    status.handle({ kind: 'started', id: 'keystone/lint', atMs: 0 });
    vi.advanceTimersByTime(30_000);
    expect(written).toEqual(['00:30  nova lint ⋯ 0:30   keystone lint ⋯ 0:30\n']);
  });

  it('tells a failure at once', () => {
    const { status, written } = setUp(undefined, (text) => text.replaceAll('keystone-operator', '***'));
    status.handle({ kind: 'started', id: 'keystone/e2e', atMs: 0 });
    const outcome = outcomeSample('keystone', 'e2e', { state: 'failed', problems: [rolloutProblem] }, { ms: 112_000 });
    status.handle({ kind: 'ended', id: 'keystone/e2e', atMs: 112_000, outcome });
    expect(written).toEqual(['01:52  ✗ keystone e2e: deployment *** did not become ready\n']);
  });

  it('says nothing of stages that were blocked', () => {
    const { status, written } = setUp();
    const outcome = outcomeSample('keystone', 'release', { state: 'blocked', by: ['keystone/e2e'] }, { ms: 0 });
    status.handle({ kind: 'ended', id: 'keystone/release', atMs: 0, outcome });
    vi.advanceTimersByTime(30_000);
    expect(written).toEqual(['00:30  \n']);
  });
});

describe('on a terminal', () => {
  it('rewrites one line, hides the cursor meanwhile and brings it back', () => {
    const { status, written } = setUp(80);
    status.handle({ kind: 'started', id: 'keystone/lint', atMs: 0 });
    expect(written).toEqual(['\u001b[?25l', '\r\u001b[2K00:00  lint ⋯ 0:00']);
    vi.advanceTimersByTime(2_000);
    expect(written.slice(2)).toEqual(['\r\u001b[2K00:01  lint ⋯ 0:01', '\r\u001b[2K00:02  lint ⋯ 0:02']);
    status.print('a line that stays');
    expect(written.slice(4)).toEqual(['\r\u001b[2Ka line that stays\n', '\r\u001b[2K00:02  lint ⋯ 0:02']);
    status.stop();
    status.stop();
    expect(written.slice(6)).toEqual(['\r\u001b[2K\u001b[?25h']);
  });

  it('forgets the tasks of a run that ended: one to come may have the same operators', () => {
    const { status, written } = setUp(80);
    status.handle({ kind: 'started', id: 'keystone/lint', atMs: 0 });
    done(status, 'lint', 1_000);
    status.stop();
    status.handle({ kind: 'started', id: 'keystone/unit', atMs: 0 });
    expect(written.at(-1)).toBe('\r\u001b[2K00:00  unit ⋯ 0:00');
  });

  it('fits in any width: what is done becomes a number, then progress goes, then the line is cut', () => {
    const lineAt = (columns: number): string => {
      const { status, written } = setUp(columns);
      for (const stage of ['lint', 'unit', 'verify', 'e2e'] as const) {
        status.handle({ kind: 'started', id: `keystone/${stage}`, atMs: 0 });
      }
      for (const stage of ['lint', 'unit', 'verify'] as const) done(status, stage, 5_000);
      status.handle({ kind: 'progress', id: 'keystone/e2e', text: 'waiting for 日本' });
      status.stop();
      return written.at(-2)?.replace('\r\u001b[2K', '') ?? '';
    };
    expect(lineAt(100)).toBe('00:00  lint ✓ 0:05   unit ✓ 0:05   verify ✓ 0:05   e2e ⋯ 0:00 waiting for 日本');
    expect(lineAt(60)).toBe('00:00  ✓ 3 done   e2e ⋯ 0:00 waiting for 日本');
    expect(lineAt(40)).toBe('00:00  ✓ 3 done   e2e ⋯ 0:00');
    expect(lineAt(20)).toBe('00:00  ✓ 3 done   …');
    for (let columns = 2; columns < 90; columns += 1) expect(width(lineAt(columns))).toBeLessThan(columns);
  });
});
