import { Q as tearDown, Z as parseResources, at as info, ct as warning, et as messageOf, it as getState, n as exec, rt as debug } from "./shared.js";

// src/post.ts
/** The end of the job, however it went: clusters, builder and temporary files go. Only warns. */
try {
	await tearDown(parseResources(getState("resources")), exec, {
		info,
		warn: (line) => warning(line),
		debug
	});
} catch (thrown) {
	warning(`cleaning up failed: ${messageOf(thrown)}`);
}

export {  };