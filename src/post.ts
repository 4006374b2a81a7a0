import * as core from '@actions/core';
import { parseResources, tearDown } from './engine/cleanup.ts';
import { messageOf } from './errors.ts';
import { exec } from './tools/exec.ts';

/** The end of the job, however it went: clusters, builder and temporary files go. Only warns. */
try {
  await tearDown(parseResources(core.getState('resources')), exec, {
    info: core.info,
    warn: (line) => core.warning(line),
    debug: core.debug,
  });
} catch (thrown) {
  core.warning(`cleaning up failed: ${messageOf(thrown)}`);
}
