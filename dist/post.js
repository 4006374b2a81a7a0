import { dt as info, it as tearDown, lt as debug, mt as warning, o as exec, ot as messageOf, rt as parseResources, ut as getState } from "./shared.js";

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