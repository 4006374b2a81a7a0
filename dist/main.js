import { B as inert, C as failureInOneLine, D as clock, E as installLines, F as placeInWords, G as printableLines, H as many, I as renderProblems, J as exitWhenRead, K as useProxy, L as count, M as selectAnnotations, N as docsOf, O as inWords, P as excerptLines, R as cut, S as renderEnd, T as verdictsOf, U as oneLine, V as list, X as toolVersion, Z as watchSignals, _ as groupsForActions, a as run, at as tearDown, b as marks, c as eventInWords, d as colours, f as noPaint, g as maskAll, h as createMask, i as withhold, j as findingsOf, k as annotationsForActions, l as renderPlan, lt as core_exports, m as renderOutputs, mt as setSecret, o as exec, p as emptyOutputs, pt as saveState, q as docs, r as secretsOfStep, rt as problemsOf, s as LiveStatus, st as messageOf, tt as readInputs, u as versionInWords, w as outcomeOf, x as consequences, y as logGroups, z as groupBy } from "./shared.js";
import { appendFileSync } from "node:fs";

// src/report/artifacts-file.ts
/** A job may declare this many. */
const mostArtifacts = 500;
/**
* Lines for `$GITHUB_ARTIFACTS`, `oci://<repository>@sha256:<hex>`, from which `actions/attest` takes its subjects. The
* runner fails a step for a malformed line, for one with `=`, and for a name with two digests; such are left out.
*/
function artifactLines(published) {
	const digests = /* @__PURE__ */ new Map();
	for (const { kind, name, digest } of published) {
		if (kind !== "image" && kind !== "chart") continue;
		const repository = name.replace(/^oci:\/\//, "").replace(/(?:@sha256:[0-9a-f]+|:[^/:]+)$/, "");
		if (digest === null || !/^sha256:[0-9a-f]{64}$/.test(digest) || !/^[\w.:/-]+$/.test(repository)) continue;
		if (!digests.has(repository)) digests.set(repository, digest);
	}
	return [...digests].slice(0, mostArtifacts).map(([repository, digest]) => `oci://${repository}@${digest}`);
}

// src/report/markdown.ts
/** Zero-width space: breaks a mention, which GitHub looks for in the finished page, where a backslash is gone. */
const gap = "​";
function longestRun(text) {
	return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
/**
* Data as words of a sentence: one line, no markup, no HTML, no mention, no formula. Every character is replaced on its
* own, so that the result is safe wherever it stands but at the start of a line.
*/
function prose(text) {
	return oneLine(text).replace(/[\\`*_[\]<|~&]/g, "\\$&").replaceAll("$", "<span>$</span>").replaceAll("@", `@${gap}`);
}
/** Data as text between HTML tags. */
function html(text) {
	return oneLine(text).replace(/[^\p{L}\p{N} ./+,;()-]/gu, (character) => `&#${character.codePointAt(0)};`);
}
/** Data as a code span, unchanged but for white space. Not for a table's cell: see `codeCell`. */
function code(text) {
	const line = oneLine(text);
	if (line === "") return "";
	const ticks = "`".repeat(longestRun(line) + 1);
	return /^`|`$/.test(line) ? `${ticks} ${line} ${ticks}` : ticks + line + ticks;
}
/**
* Data as code in a table's cell. A pipe ends a cell even inside a code span, and Markdown parsers disagree on what a
* backslash before it does; entities leave them nothing to disagree on.
*/
function codeCell(text) {
	return /[|\\]/.test(text) ? `<code>${html(text)}</code>` : code(text);
}
/** Lines as a code block that no line inside can end. */
function fence(lines, language = "") {
	const body = lines.flatMap(printableLines).join("\n");
	const ticks = "`".repeat(Math.max(3, longestRun(body) + 1));
	return `${ticks}${language}\n${body}\n${ticks}`;
}
/** Rows of cells that are Markdown already; a cell with a line end would end its row, so there is none. */
function table(head, rows) {
	const row = (cells) => `| ${cells.map((cell) => cell.replace(/\s+/g, " ")).join(" | ")} |`;
	return [
		row(head),
		`|${"---|".repeat(head.length)}`,
		...rows.map(row)
	].join("\n");
}
/** A link when the address is one of the web, else the text alone. */
function link(text, address) {
	if (!URL.canParse(address)) return prose(text);
	const url = new URL(address);
	if (url.protocol !== "https:" && url.protocol !== "http:") return prose(text);
	const target = url.href.replace(/[()|\\<>`*_[\]@]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
	return `[${prose(text)}](${target})`;
}
/** A part that opens with a click. `body` is Markdown. */
function foldable(title, body) {
	return `<details><summary>${html(title)}</summary>\n\n${body}\n\n</details>`;
}
/**
* Lines that a stage wrote as Markdown, kept from acting on what follows them: HTML is shown as text, mentions are
* broken, and a code block that was left open is closed. Each line stays a line (two spaces at its end).
*/
function contained(lines) {
	const result = [];
	let open;
	for (const line of lines.flatMap(printableLines)) if (open === void 0) {
		open = /^(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1];
		result.push(open === void 0 && line.trim() !== "" ? `${harmless(line)}  ` : line);
	} else {
		result.push(line);
		if (/^ {0,3}(`{3,}|~{3,})\s*$/.exec(line)?.[1]?.startsWith(open) === true) open = void 0;
	}
	if (open !== void 0) result.push(open);
	return result.join("\n");
}
/** A line that opens neither HTML, nor code that goes on below it, nor a block of code inside a list. */
function harmless(line) {
	const parts = line.split(/((?<!`)(`+)(?!`).*?(?<!`)\2(?!`))/);
	return parts.map((part, index) => {
		if (index % 3 === 0) return part.replaceAll("<", "&lt;").replaceAll("`", "&#96;").replaceAll("~~~", "&#126;&#126;&#126;").replaceAll("@", `@${gap}`);
		if (index % 3 === 2) return "";
		const ticks = parts[index + 1]?.length ?? 0;
		return `<code>${html(part.slice(ticks, -ticks))}</code>`;
	}).join("");
}
/** Bytes in UTF-8, which is what GitHub's limits count. */
function bytes(text) {
	return Buffer.byteLength(text, "utf8");
}

// src/report/sections.ts
/** GitHub takes 1 MiB from a step and shows nothing of a larger one; the rest is margin for what others append. */
const mostSummaryBytes = 1015808;
/** Sections one after the other, without those that do not fit; a note at the end names these. */
function joinSections(sections, mostBytes = mostSummaryBytes) {
	const noteRoom = 1024;
	const shown = [];
	const left = [];
	let size = 0;
	for (const { name, markdown } of sections) {
		if (markdown === "") continue;
		const added = bytes(markdown) + 2;
		if (size + added > mostBytes - noteRoom) left.push(name);
		else {
			shown.push(markdown);
			size += added;
		}
	}
	if (left.length > 0) {
		const names = left.slice(0, 10).join(", ") + (left.length > 10 ? ` and ${left.length - 10} more` : "");
		shown.push(`_Left out, as a summary holds 1 MiB: ${names}. The log has it all._`);
	}
	return `${shown.join("\n\n")}\n`;
}

// src/report/gantt.ts
/** More bars than these nobody can read, and Mermaid refuses texts above 50,000 characters. */
const mostBars = 120;
/** Times of day stand for times since the start, so a longer run has no picture. */
const longestMs = 828e5;
/** Letters, digits, spaces and `-._`: nothing that Mermaid reads as more than a name. */
function plainName(text) {
	const name = text.replace(/[^\p{L}\p{N}._-]+/gu, " ").trim().slice(0, 40);
	return name === "" ? "unnamed" : name;
}
function two(number) {
	return String(number).padStart(2, "0");
}
/**
* Milliseconds since the start as a time of day. Seconds since 1970 would be shown in the reader's time zone, which is
* wrong where that is not a whole number of hours from UTC.
*/
function timeOfDay(ms) {
	const seconds = Math.floor(ms / 1e3);
	return [
		Math.floor(seconds / 3600),
		Math.floor(seconds / 60) % 60,
		seconds % 60
	].map(two).join(":");
}
const tags = {
	done: "done, ",
	failed: "crit, ",
	cancelled: "active, "
};
/** What ran when, as the lines of a Mermaid Gantt diagram, and a note on what it leaves out; null when it says nothing. */
function gantt(verdicts) {
	const ran = verdicts.map(({ operator, outcomes }) => ({
		name: operator.name,
		bars: outcomes.filter((outcome) => tags[outcome.state] !== void 0 && outcome.ms > 0)
	})).filter(({ bars }) => bars.length > 0);
	const ends = ran.flatMap(({ bars }) => bars.map((bar) => bar.startMs + bar.ms));
	const end = ends.reduce((a, b) => Math.max(a, b), 0);
	if (ends.length < 2 || end > longestMs) return null;
	const shortest = ran.length > 1 ? end * .02 : 0;
	const worthShowing = ran.map(({ name, bars }) => ({
		name,
		bars: bars.filter((bar) => bar.ms >= shortest)
	}));
	let room = mostBars;
	const shown = worthShowing.filter(({ bars }) => bars.length > 0 && (room -= bars.length) >= 0);
	const lines = [
		"gantt",
		"  dateFormat HH:mm:ss",
		`  axisFormat ${end >= 36e5 ? "%H:%M" : "%M:%S"}`,
		"  todayMarker off",
		...shown.flatMap(({ name, bars }) => [`  section ${plainName(name)}`, ...bars.map((bar) => {
			const seconds = Math.max(1, Math.round(bar.ms / 1e3));
			return `  ${plainName(bar.stage)} :${tags[bar.state] ?? ""}${timeOfDay(bar.startMs)}, ${seconds}s`;
		})])
	];
	const left = ran.length - shown.length;
	return {
		lines,
		note: left > 0 ? `without ${many(left, "more operator")}` : ""
	};
}

// src/report/summary-one.ts
/** What failed, first of all: message, the lines that show the cause, what to do. */
function failureSections(verdict, plan, result, docs) {
	return verdict.failed.map((failed) => {
		const problems = failed.problems.slice(0, 20).flatMap((problem) => [
			`**✗ ${prose(failed.operator)} ${failed.stage}** after ${clock(failed.ms)}: ${problem.at === void 0 ? "" : `${code(placeInWords(problem.at))} `}${prose(problem.message)}`,
			...excerptLines(problem, 40).length > 0 ? [fence(excerptLines(problem, 40))] : [],
			...problem.hint === void 0 ? [] : [`→ ${prose(problem.hint)}`]
		]);
		const rest = failed.problems.length - 20;
		const codes = [...new Set(failed.problems.map((problem) => problem.code))];
		return {
			name: `${prose(failed.operator)} ${failed.stage}`,
			markdown: [
				...problems,
				...rest > 0 ? [`${many(rest, "more problem")} in the log.`] : [],
				...consequences(failed, verdict, plan, result).map(prose),
				codes.map((problemCode) => docsLink(problemCode, docs)).join(", ")
			].join("\n\n")
		};
	});
}
/** The code of a problem, leading to its section where the page has an address. */
function docsLink(problemCode, docs) {
	const place = docsOf(problemCode, docs);
	return URL.canParse(place) ? link(problemCode, place) : `${code(problemCode)} · ${prose(place)}`;
}
/** What can be pulled now, by name and digest. */
function publishedSection(verdict) {
	const { operator, published } = verdict;
	const of = (kind) => published.filter((item) => item.kind === kind);
	const [image, ...moreImages] = of("image");
	const [chart] = of("chart");
	const [release] = of("release");
	const alreadyThere = (item) => item.written ? [] : ["already there"];
	const rows = [];
	if (image !== void 0) {
		const also = [...moreImages, ...of("tag")].map((item) => codeCell(tagOf(item.name)));
		const parts = [
			codeCell(image.name),
			...also.length > 0 ? [`also ${also.join(" ")}`] : [],
			...operator.image === null ? [] : [prose(operator.image.platforms.join(", "))],
			...alreadyThere(image)
		];
		rows.push(["image", parts.join(" · ")]);
		const e2e = outcomeOf(verdict, "e2e");
		const tests = e2e?.note === void 0 || e2e.note === "" ? "" : ` (${prose(e2e.note)})`;
		const tested = e2e?.state === "done" ? `: the one that e2e ran${tests}` : "";
		if (image.digest !== null) rows.push(["digest", `${codeCell(image.digest)}${tested}`]);
	}
	if (chart !== void 0) {
		const digest = chart.digest === null ? [] : [codeCell(chart.digest)];
		rows.push(["chart", [
			codeCell(chart.name),
			...digest,
			...alreadyThere(chart)
		].join(" · ")]);
	}
	const signed = of("attestation");
	if (signed.length > 0) {
		const what = signed.map((item) => codeCell(item.name.replace(/@.*$/, ""))).join(", ");
		rows.push(["signed", `${what}: SLSA provenance, attached to the digest`]);
	}
	if (release !== void 0) {
		const assets = of("asset").length;
		const parts = [
			link(operator.release?.tag ?? release.name, release.name),
			...assets > 0 ? [many(assets, "asset")] : [],
			...alreadyThere(release)
		];
		rows.push(["release", parts.join(" · ")]);
	}
	return {
		name: "what is public",
		markdown: rows.length === 0 ? "" : table(["", ""], rows)
	};
}
/** The tag of a reference `host:port/path:tag`. */
function tagOf(reference) {
	return reference.slice(Math.max(reference.lastIndexOf("/"), reference.lastIndexOf(":")) + 1);
}
/** Lines to copy. */
function installSection(verdict) {
	const lines = installLines(verdict);
	return {
		name: "install",
		markdown: lines.length === 0 ? "" : fence(lines, "sh")
	};
}
/** Every stage with its outcome, time and a few words. */
function stagesSection({ outcomes }) {
	const rows = outcomes.map((outcome) => [
		outcome.stage,
		marks[outcome.state],
		outcome.ms > 0 ? clock(outcome.ms) : "",
		prose(noteOfOutcome(outcome))
	]);
	return {
		name: "stages",
		markdown: rows.length === 0 ? "" : table([
			"stage",
			"",
			"time",
			""
		], rows)
	};
}
/** A few words on why an outcome is what it is. */
function noteOfOutcome(outcome) {
	switch (outcome.state) {
		case "done": return outcome.note;
		case "failed": return outcome.note === "" ? outcome.problems[0]?.message ?? "" : outcome.note;
		case "blocked": return `blocked by ${list(outcome.by.map((id) => nameOf(id, outcome.operator)))}`;
		case "skipped": return outcome.reason;
		case "cancelled": return "cancelled";
	}
}
function nameOf(id, operator) {
	return id.startsWith(`${operator}/`) ? id.slice(operator.length + 1) : id.replace("/", " ");
}

// src/report/summary-many.ts
const columns = [
	{
		title: "checks",
		stages: [
			"verify",
			"lint",
			"unit",
			"integration",
			"chart-check",
			"image-build",
			"chart-package",
			"bundle"
		]
	},
	{
		title: "e2e",
		stages: ["cluster", "e2e"]
	},
	{
		title: "image",
		stages: ["publish-image", "tags"]
	},
	{
		title: "chart",
		stages: ["publish-chart"]
	},
	{
		title: "release",
		stages: ["release"]
	}
];
/** One row for each operator. Those that need attention come first: with dozens nobody looks for them. */
function operatorsSection(verdicts) {
	const urgency = [
		"failed",
		"blocked",
		"cancelled"
	];
	const rank = ({ state }) => urgency.includes(state) ? urgency.indexOf(state) : urgency.length;
	const used = columns.filter(({ stages }) => verdicts.some(({ outcomes }) => outcomes.some(({ stage }) => stages.includes(stage))));
	const rows = [...verdicts].sort((a, b) => rank(a) - rank(b)).map(({ operator, outcomes }) => [
		codeCell(operator.name),
		codeCell(operator.version.text),
		...used.map(({ title, stages }) => cell(title, outcomes.filter(({ stage }) => stages.includes(stage))))
	]);
	return {
		name: "operators",
		markdown: table([
			"operator",
			"version",
			...used.map(({ title }) => title)
		], rows)
	};
}
/** Several stages in one cell: the worst of them speaks; when all are well, the time from the first to the last. */
function cell(title, outcomes) {
	for (const state of [
		"failed",
		"cancelled",
		"blocked"
	]) {
		const found = outcomes.filter((outcome) => outcome.state === state);
		const [first] = found;
		if (first === void 0) continue;
		if (state === "blocked") return "blocked";
		const name = first.stage === title ? [] : [first.stage];
		const note = state === "failed" ? [prose(cut(noteOfOutcome(first), 60))] : [];
		const more = found.length > 1 ? ` +${found.length - 1}` : "";
		return `${marks[state]} ${[...name, ...note].join(": ")}${more}`;
	}
	const done = outcomes.filter((outcome) => outcome.state === "done");
	if (done.length === 0) return "–";
	const timed = done.filter(({ stage }) => stage !== "cluster" && stage !== "tags" || done.length === 1);
	const start = Math.min(...timed.map(({ startMs }) => startMs));
	const end = Math.max(...timed.map(({ startMs, ms }) => startMs + ms));
	return end - start >= 1e3 ? `${marks.done} ${clock(end - start)}` : marks.done;
}
/** What the operators' different ends mean for what is public. Empty when there is nothing to say. */
function closingSentence(verdicts, plan) {
	const bad = verdicts.filter(({ state }) => state === "failed" || state === "blocked" || state === "cancelled");
	if (bad.length === 0 || !plan.event.publishes) return "";
	const out = verdicts.filter(({ state }) => state === "released" || state === "published");
	const names = prose(list(bad.map(({ operator }) => operator.name)));
	if (verdicts.every(({ published }) => published.length === 0)) return `Nothing is public yet: ${names} must be green first. A re-run is safe.`;
	const rerun = "A re-run leaves what is out alone and does the rest.";
	if (out.length === 0) return `Some names are public, as listed below; ${names} must be green before the rest is. ${rerun}`;
	return `${many(out.length, "operator")} ${out.length === 1 ? "is" : "are"} out; ${names} ${bad.length === 1 ? "is" : "are"} not finished. ${rerun}`;
}
/** What can be pulled now, of all operators, by name and digest. */
function publishedOfAll(verdicts) {
	const rows = verdicts.flatMap(({ operator, published }) => {
		const moving = published.filter(({ kind }) => kind === "tag").map(({ name }) => codeCell(tagOf(name)));
		return published.filter(({ kind }) => kind === "image" || kind === "chart" || kind === "release").map(({ kind, name, digest }) => [
			codeCell(operator.name),
			kind,
			kind === "release" ? link(operator.release?.tag ?? name, name) : [codeCell(name), ...kind === "image" ? moving : []].join(" "),
			codeCell(digest ?? "")
		]);
	});
	return {
		name: "what is public",
		markdown: rows.length === 0 ? "" : table([
			"operator",
			"",
			"name",
			"digest"
		], rows)
	};
}

// src/report/summary.ts
/** The job summary: GitHub-flavoured Markdown under 1 MiB. `result` is null when the run only planned. */
function renderSummary(plan, result, docs) {
	const sections = result === null ? planSections(plan) : runSections(plan, result, docs);
	return joinSections([
		...sections,
		tagsSection(plan),
		skippedSection(plan),
		...detailSections(plan, result)
	]);
}
/** The summary of a run that ended before there was a plan. */
function renderProblemsSummary(problems, docs) {
	const shown = problems.slice(0, 20).map((problem) => ({
		name: problem.code,
		markdown: [
			`**✗ ${problem.at === void 0 ? "" : `${code(placeInWords(problem.at))} `}${prose(problem.message)}**`,
			...excerptLines(problem, 40).length > 0 ? [fence(excerptLines(problem, 40))] : [],
			...problem.hint === void 0 ? [] : [`→ ${prose(problem.hint)}`],
			docsLink(problem.code, docs)
		].join("\n\n")
	}));
	const rest = problems.length - shown.length;
	return joinSections([
		{
			name: "head",
			markdown: `### ✗ Nothing was started: ${many(problems.length, "problem")}`
		},
		...shown,
		{
			name: "rest",
			markdown: rest > 0 ? `${many(rest, "more problem")} in the log.` : ""
		}
	]);
}
/** The event, the commit, and why this is published or not, unless that says no more than the event. */
function aboutLine({ event }) {
	const { publishes, publishReason, refName } = event;
	const reason = publishReason.includes(refName) ? [] : [prose(publishReason)];
	const parts = publishes ? reason : [`not published: ${prose(publishReason)}`];
	return [
		prose(eventInWords(event)),
		code(event.sha.slice(0, 12)),
		...parts
	].join(" · ");
}
function planSections(plan) {
	if (plan.operators.length === 0) return [{
		name: "head",
		markdown: `### Nothing to do\n\n${aboutLine(plan)}`
	}];
	const rows = plan.operators.map((operator) => [
		codeCell(operator.name),
		prose(versionInWords(operator)),
		prose(list(operator.affected.by, 3)),
		operator.tasks.map((task) => task.stage).join(" ")
	]);
	return [{
		name: "head",
		markdown: `### Plan for ${plan.operators.length === 1 ? prose(plan.operators[0]?.name ?? "") : many(rows.length, "operator")}\n\n${aboutLine(plan)}`
	}, {
		name: "operators",
		markdown: table([
			"operator",
			"version",
			"because of",
			"stages"
		], rows)
	}];
}
function runSections(plan, result, docs) {
	const verdicts = verdictsOf(plan, result);
	const head = {
		name: "head",
		markdown: `### ${headline(plan, result, verdicts)}\n\n${aboutLine(plan)}`
	};
	const failures = verdicts.flatMap((verdict) => failureSections(verdict, plan, result, docs));
	const [first, ...others] = verdicts;
	if (first === void 0) return [head];
	if (others.length === 0) return [
		head,
		...failures,
		publishedSection(first),
		installSection(first),
		stagesSection(first),
		ganttSection(verdicts)
	];
	return [
		head,
		operatorsSection(verdicts),
		{
			name: "outlook",
			markdown: closingSentence(verdicts, plan)
		},
		...failures,
		publishedOfAll(verdicts),
		ganttSection(verdicts)
	];
}
/** `keystone 1.2.3 released · 6 min 31 s`; `7 operators · 6 released, 1 failed · 14 min`. */
function headline(plan, result, verdicts) {
	const time = inWords(result.ms);
	const [first, ...others] = verdicts;
	if (first === void 0 || verdicts.every(({ state }) => state === "idle")) return `Nothing to do · ${time}`;
	if (others.length === 0) return `${headlineOfOne(first, plan)} · ${time}`;
	const states = [...groupBy(verdicts, stateInWords)].map(([state, group]) => `${count(group.length)} ${state}`);
	return `${verdicts.some(({ state }) => state === "failed") ? "✗ " : ""}${many(verdicts.length, "operator")} · ${states.join(", ")} · ${time}`;
}
function headlineOfOne(verdict, plan) {
	const { operator, state, failed } = verdict;
	const name = prose(operator.name);
	const version = prose(operator.version.text);
	switch (state) {
		case "failed": return `✗ ${name} ${failed.map((outcome) => outcome.stage).join(", ")} failed`;
		case "cancelled": return `⋯ ${name} cancelled`;
		case "released":
		case "published": return `${name} ${version} ${state}${hasChanged(verdict) ? "" : " already, nothing changed"}`;
		case "blocked": return `– ${name} blocked`;
		case "checked":
		case "idle": return plan.event.publishes ? `✓ ${name} checked` : `✓ ${name} checked, nothing published`;
	}
}
function stateInWords(verdict) {
	const { state } = verdict;
	if (state === "idle") return "without work";
	return (state === "released" || state === "published") && !hasChanged(verdict) ? `${state} already` : state;
}
/** False where a re-run found everything as it should be. */
function hasChanged({ published }) {
	return published.some((item) => item.written);
}
function ganttSection(verdicts) {
	const picture = gantt(verdicts);
	const note = picture === null || picture.note === "" ? "" : `\n\n${picture.note}`;
	return {
		name: "time line",
		markdown: picture === null ? "" : fence(picture.lines, "mermaid") + note
	};
}
function tagsSection({ operators }) {
	const several = operators.length > 1;
	const rows = operators.flatMap(({ name, image }) => image === null ? [] : [...image.tags.map(({ tag, reason, moving }) => [
		name,
		tag,
		moving ? "moves" : "fixed",
		reason
	]), ...image.skippedTags.map(({ tag, reason }) => [
		name,
		tag,
		"–",
		reason
	])]);
	if (rows.length === 0) return {
		name: "tags",
		markdown: ""
	};
	const cells = rows.map(([name, tag, kind, reason]) => [
		...several ? [codeCell(name)] : [],
		codeCell(tag),
		kind,
		prose(reason)
	]);
	const body = table([
		...several ? ["operator"] : [],
		"tag",
		"",
		"why"
	], cells);
	return {
		name: "why these tags",
		markdown: several ? foldable("Why these tags", body) : `**Why these tags**\n\n${body}`
	};
}
function skippedSection({ operators, unaffected }) {
	const skipped = operators.flatMap(({ name, skipped: stages }) => {
		return [...groupBy(stages, ({ reason }) => reason)].map(([reason, group]) => ({
			name,
			what: `${group.map(({ stage }) => stage).join(", ")}: ${prose(reason)}`
		}));
	});
	const lines = [...[...groupBy(skipped, ({ what }) => what)].map(([what, group]) => {
		const names = group.map(({ name }) => name);
		return names.length === operators.length ? `- ${what}` : `- ${what} (${prose(list(names))})`;
	}), ...[...groupBy(unaffected, ({ reason }) => reason)].map(([reason, group]) => `- ${prose(list(group.map(({ name }) => name), 20))}: ${prose(reason)}`)];
	return {
		name: "what was left out",
		markdown: lines.length === 0 ? "" : foldable("What was left out, and why", lines.join("\n"))
	};
}
function detailSections(plan, result) {
	if (result === null) return [];
	return verdictsOf(plan, result).flatMap(({ operator, outcomes }) => outcomes.filter(({ details }) => details.length > 0).map(({ stage, details }) => {
		const title = plan.operators.length > 1 ? `${operator.name} ${stage}` : stage;
		return {
			name: `details of ${prose(title)}`,
			markdown: foldable(title, contained(details))
		};
	}));
}

// src/report/actions-reporter.ts
/** The report of a run as a step of GitHub Actions. Sets all outputs to what they are when nothing is known. */
function createActionsReporter(options) {
	const { core, env, mask, docs } = options;
	const paint = env["NO_COLOR"] === void 0 || env["NO_COLOR"] === "" ? colours : noPaint;
	/** Lines that are text and nothing else. */
	const text = (lines) => {
		for (const line of lines) options.write(`${inert(mask(line))}\n`);
	};
	/** Lines of which some are commands that were made here. */
	const raw = (lines) => {
		for (const line of lines) options.write(`${mask(line)}\n`);
	};
	const attempt = (what, action) => {
		try {
			action();
		} catch (error) {
			text([`warning: ${what} could not be written: ${messageOf(error)}`]);
		}
	};
	const written = /* @__PURE__ */ new Map();
	const setOutputs = (outputs) => {
		if (!env["GITHUB_OUTPUT"]) return;
		attempt("the outputs", () => {
			for (const [name, value] of Object.entries(outputs)) {
				if (written.get(name) === value) continue;
				core.setOutput(name, mask(value));
				written.set(name, value);
			}
		});
	};
	const writeSummary = async (markdown) => {
		const masked = mask(markdown);
		if (!env["GITHUB_STEP_SUMMARY"] || bytes(masked) > 1015808) return;
		try {
			await core.summary.addRaw(masked, true).write();
		} catch (error) {
			text([`warning: the summary could not be written: ${messageOf(error)}`]);
		}
	};
	const status = new LiveStatus({
		write: (line) => text([line.trimEnd()]),
		now: options.now,
		columns: void 0,
		mask
	});
	/** Of all runs of this step: `mode: reconcile` has one for each tag, and a name must not get a second digest. */
	const published = [];
	let declared = 0;
	setOutputs(emptyOutputs());
	return {
		log: {
			info: (line) => text([line]),
			warn: (line) => text([paint.yellow(`warning: ${line}`)]),
			debug: (line) => {
				if (core.isDebug()) text([paint.dim(`debug: ${line}`)]);
			}
		},
		plan: (plan) => {
			const masked = maskAll(plan, mask);
			text([...renderPlan(masked, {
				toolVersion: options.toolVersion,
				colour: paint === colours
			}), ""]);
			setOutputs(renderOutputs(masked, null));
		},
		event: (event) => status.handle(event),
		finish: async (plan, result) => {
			status.stop();
			const maskedPlan = maskAll(plan, mask);
			const masked = maskAll(result, mask);
			await writeSummary(renderSummary(maskedPlan, masked, docs));
			setOutputs(renderOutputs(maskedPlan, masked));
			if (masked === null) return;
			const failure = failureInOneLine(masked);
			raw(groupsForActions(logGroups(maskedPlan, masked.outcomes)));
			raw(annotationsForActions(selectAnnotations(findingsOf(masked.outcomes), failure === null ? 0 : 1)));
			text(renderEnd(maskedPlan, masked, docs, paint));
			published.push(...masked.published);
			const artifacts = artifactLines(published);
			declareArtifacts(artifacts.slice(declared), env["GITHUB_ARTIFACTS"], attempt);
			declared = artifacts.length;
			if (failure !== null) core.setFailed(oneLine(failure));
		},
		fail: async (problems) => {
			status.stop();
			const masked = maskAll(problems, mask);
			text(renderProblems(masked, docs, paint));
			await writeSummary(renderProblemsSummary(masked, docs));
			const findings = masked.flatMap(({ at, message, code }) => at === void 0 ? [] : [{
				level: "error",
				at,
				message,
				title: code
			}]);
			raw(annotationsForActions(selectAnnotations(findings, 1)));
			const [first, ...others] = masked;
			const hint = first?.hint === void 0 ? "" : ` → ${first.hint}`;
			const more = others.length > 0 ? `; and ${others.length} more` : "";
			core.setFailed(oneLine(`${first?.message ?? "failed"} (${first?.code ?? "OR-BUG"})${hint}${more}`));
		}
	};
}
function declareArtifacts(lines, file, attempt) {
	if (file === void 0 || file === "" || lines.length === 0) return;
	attempt("the list of artifacts", () => appendFileSync(file, `${lines.join("\n")}\n`));
}

// src/main.ts
useProxy(process.env);
const { signal } = watchSignals();
const start = performance.now();
const now = () => Math.round(performance.now() - start);
let resources = [];
const secrets = secretsOfStep(process.env);
for (const value of new Set(secrets.map((secret) => secret.value))) setSecret(value);
const env = withhold(process.env, secrets);
const reporter = createActionsReporter({
	core: core_exports,
	write: (text) => process.stdout.write(text),
	env,
	now,
	mask: createMask(secrets),
	toolVersion,
	docs
});
try {
	const inputs = readInputs(env);
	const saveResources = (list) => {
		resources = [...list];
		saveState("resources", JSON.stringify(list));
	};
	await run({
		inputs,
		env,
		reporter,
		signal,
		now,
		saveResources
	});
} catch (thrown) {
	await reporter.fail(problemsOf(thrown));
}
if (signal.aborted) {
	await tearDown(resources, exec, reporter.log);
	process.exitCode = 1;
}
await exitWhenRead();

export {  };