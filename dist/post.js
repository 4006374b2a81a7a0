import { at as tearDown, dt as getState, ft as info, ht as warning, it as parseResources, o as exec, st as messageOf, ut as debug } from "./shared.js";

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