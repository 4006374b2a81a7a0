import { $ as inputsFrom, A as findingsForTerminal, G as printableLines, I as renderProblems, J as exitWhenRead, K as useProxy, Q as inputNames, S as renderEnd, W as printable, X as toolVersion, Y as outliveReaders, Z as watchSignals, a as run, at as tearDown, ct as raise, d as colours, et as modes, f as noPaint, g as maskAll, h as createMask, i as withhold, j as findingsOf, l as renderPlan, m as renderOutputs, n as secretsOfArgs, nt as didYouMean, o as exec, ot as Problem, q as docs, rt as problemsOf, s as LiveStatus, t as secretFlags, v as groupsForTerminal, y as logGroups } from "./shared.js";
import { parseArgs } from "node:util";

// src/help.ts
/** What each command does. */
const commands = {
	plan: "show what would be done, and why",
	run: "do it: checks, image, chart, e2e; publishes only what the event publishes",
	finish: "complete a release whose parts other jobs have published",
	reconcile: "release the version tags that have no release yet"
};
/** One entry per input, so that the compiler finds one that is missing. */
const inputFlags = {
	operators: {
		value: "names",
		text: "operators, instead of those that changed"
	},
	stages: {
		value: "names",
		text: "stages, and what they cannot do without; default: auto"
	},
	config: {
		value: "file",
		text: "configuration; default: .github/operator-release.yaml"
	},
	"dry-run": { text: "change neither registry nor GitHub" },
	base: {
		value: "ref",
		text: "branch, tag or commit to compare with"
	},
	version: {
		value: "version",
		text: "version to rehearse or to finish, such as 1.2.3"
	},
	registry: {
		value: "path",
		text: "where images go, such as localhost:5000/acme"
	},
	"registry-username": {
		value: "name",
		text: "user for the registry"
	},
	"registry-password": {
		value: "env:NAME",
		text: "variable with its password; default: REGISTRY_PASSWORD"
	},
	"github-token": {
		value: "env:NAME",
		text: "variable with the token; default: GITHUB_TOKEN, GH_TOKEN"
	},
	platforms: {
		value: "list",
		text: "platforms of the image, such as linux/amd64,linux/arm64"
	},
	"fail-fast": { text: "stop everything when one stage fails" },
	concurrency: {
		value: "number",
		text: "stages that may run at the same time"
	},
	"working-directory": {
		value: "folder",
		text: "the checkout; default: the current folder"
	}
};
const ownFlags = {
	event: {
		value: "file",
		text: "an event's payload, as on a runner"
	},
	json: { text: "result as JSON on standard output, the log on standard error" },
	debug: { text: "show lines of the level debug, too" },
	help: { text: "show this" }
};
/** What `--help` prints. */
function helpText() {
	const flags = {
		...inputFlags,
		...ownFlags
	};
	const flagRows = Object.entries(flags).map(([name, { value, text }]) => [value === void 0 ? `--${name}` : `--${name} <${value}>`, text]);
	return [
		"Takes a Kubernetes operator from a change to a published release.",
		"",
		"Usage: operator-release <command> [flags]",
		"",
		"Commands",
		...columns(Object.entries(commands)),
		"",
		"Flags (lists are separated by commas, or the flag is repeated)",
		...columns(flagRows),
		"",
		"On a laptop nothing is published: see first with \"plan\", then \"run --dry-run\" or \"run --stages lint,unit\"."
	].join("\n");
}
function columns(rows) {
	const width = Math.max(...rows.map(([left]) => left.length));
	return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

// src/args.ts
const switches = [
	"json",
	"debug",
	"help",
	"dry-run",
	"fail-fast"
];
const lists = [
	"operators",
	"stages",
	"platforms"
];
const flags = [
	...inputNames.filter((name) => name !== "mode"),
	"event",
	"json",
	"debug",
	"help"
];
const options = Object.fromEntries(flags.map((name) => [name, {
	type: isSwitch(name) ? "boolean" : "string",
	...name === "help" ? { short: "h" } : {}
}]));
/**
* The action's twin on a terminal: `plan|run|finish|reconcile` and a flag for each input. Tokens and passwords come
* from the environment: GITHUB_TOKEN, REGISTRY_PASSWORD, or `--github-token env:NAME`.
* Errors: `Problem` OR-INPUT-UNKNOWN, OR-INPUT-VALUE, all of the same kind together.
*/
function inputsFromArgs(argv, env = {}) {
	const { tokens } = parseArgs({
		args: [...argv],
		options,
		strict: false,
		allowPositionals: true,
		tokens: true
	});
	const problems = [];
	const given = /* @__PURE__ */ new Map();
	const words = [];
	for (const token of tokens) {
		if (token.kind === "positional") words.push(token.value);
		if (token.kind !== "option") continue;
		const forgotten = token.inlineValue === false && token.value.startsWith("-");
		const problem = take(given, token.name, token.rawName, forgotten ? void 0 : token.value);
		if (problem !== void 0) problems.push(problem);
	}
	const [word, ...more] = words;
	const command = word === void 0 || word === "help" ? "help" : modes.find((mode) => mode === word);
	if (command === void 0 || more.length > 0) problems.push(unknownCommand(command === void 0 ? word ?? "" : more[0] ?? ""));
	for (const [name, variables] of Object.entries(secretFlags)) problems.push(...secret(given, name, variables, env));
	raise(problems);
	const inputs = new Map([...given].filter(([name]) => inputNames.includes(name)));
	if (command !== void 0 && command !== "help") inputs.set("mode", command);
	return {
		command: given.get("help") === "true" ? "help" : command ?? "help",
		inputs: inputsFrom(inputs, (name) => `--${name}`),
		json: given.get("json") === "true",
		debug: given.get("debug") === "true",
		event: given.get("event")
	};
}
function isSwitch(name) {
	return switches.includes(name);
}
/** Notes one flag; the problem when it is not one. */
function take(given, name, written, value) {
	if (!flags.includes(name)) {
		const hint = didYouMean(name, flags);
		const message = `${written}: unknown; there are ${flags.map((flag) => `--${flag}`).join(", ")}`;
		return new Problem("OR-INPUT-UNKNOWN", message, hint === void 0 ? {} : { hint: hint.replace("\"", "\"--") });
	}
	if (value === void 0 && !isSwitch(name)) return new Problem("OR-INPUT-VALUE", `--${name}: found nothing, expected a value`, { hint: `write --${name}=<value>` });
	const before = given.get(name);
	if (before !== void 0 && !lists.includes(name)) return new Problem("OR-INPUT-VALUE", `--${name}: found twice, expected once`);
	given.set(name, before === void 0 ? value ?? "true" : `${before}\n${value ?? ""}`);
}
function unknownCommand(found) {
	const hint = didYouMean(found, modes);
	const message = `found ${JSON.stringify(found)}, expected one command: ${modes.join(", ")}, help`;
	return new Problem("OR-INPUT-UNKNOWN", message, hint === void 0 ? {} : { hint });
}
/** Other users of the machine can read a program's arguments: puts the secret in place of `env:NAME`, or of a flag that is not given. */
function secret(given, name, variables, env) {
	const written = given.get(name);
	if (written === void 0) {
		const value = variables.map((variable) => env[variable]).find((each) => each !== void 0 && each !== "");
		if (value !== void 0) given.set(name, value);
		return [];
	}
	if (!written.startsWith("env:")) {
		const hint = `put it into the environment as ${variables.join(" or ")}, or write --${name} env:NAME`;
		return [new Problem("OR-INPUT-VALUE", `--${name}: a secret cannot be an argument, others can read it`, { hint })];
	}
	const variable = written.slice(4);
	const value = env[variable];
	if (value === void 0) return [new Problem("OR-INPUT-VALUE", `--${name}: there is no variable ${variable}`)];
	given.set(name, value);
	return [];
}

// src/report/terminal-reporter.ts
/** The report of a run on a terminal, or in a file when the output is not one. */
function createTerminalReporter(options) {
	const { stream, env, mask, docs } = options;
	const isTerminal = stream.isTTY === true && env["TERM"] !== "dumb";
	const paint = isTerminal && !env["NO_COLOR"] ? colours : noPaint;
	const status = new LiveStatus({
		write: (text) => stream.write(mask(text)),
		now: options.now,
		columns: isTerminal ? () => stream.columns ?? 80 : void 0,
		mask
	});
	const print = (lines) => {
		if (lines.length > 0) status.print(lines.join("\n"));
	};
	return {
		log: {
			info: (line) => print(printableLines(line)),
			warn: (line) => print([paint.yellow(printable(`warning: ${line}`))]),
			debug: (line) => {
				if (options.debug) print([paint.dim(printable(`debug: ${line}`))]);
			}
		},
		plan: (plan) => print([...renderPlan(maskAll(plan, mask), {
			toolVersion: options.toolVersion,
			colour: paint === colours
		}), ""]),
		event: (event) => status.handle(event),
		finish: (plan, result) => {
			status.stop();
			if (result === null) return Promise.resolve();
			const maskedPlan = maskAll(plan, mask);
			const masked = maskAll(result, mask);
			const findings = findingsForTerminal(findingsOf(masked.outcomes), paint);
			print([
				...groupsForTerminal(logGroups(maskedPlan, masked.outcomes), paint),
				...findings.length > 0 ? ["", ...findings] : [],
				...renderEnd(maskedPlan, masked, docs, paint)
			]);
			return Promise.resolve();
		},
		fail: (problems) => {
			status.stop();
			print(renderProblems(maskAll(problems, mask), docs, paint));
			return Promise.resolve();
		}
	};
}

// src/cli.ts
useProxy(process.env);
const { signal } = watchSignals();
outliveReaders();
const start = performance.now();
const now = () => Math.round(performance.now() - start);
let resources = [];
const secrets = secretsOfArgs(process.argv.slice(2), process.env);
const mask = createMask(secrets);
const whole = withhold(process.env, secrets);
const reporter = createTerminalReporter({
	stream: process.stderr,
	env: whole,
	now,
	mask,
	toolVersion,
	docs,
	debug: process.argv.includes("--debug")
});
async function main(given) {
	if (given.command === "help") {
		process.stdout.write(`${helpText()}\n`);
		return 0;
	}
	const saveResources = (list) => {
		resources = [...list];
	};
	const env = given.event === void 0 ? whole : {
		...whole,
		GITHUB_EVENT_PATH: given.event
	};
	const ran = await run({
		inputs: given.inputs,
		env,
		reporter,
		signal,
		now,
		saveResources
	});
	if (given.json) process.stdout.write(`${mask(jsonOf(given, ran))}\n`);
	return ran.every(isGood) ? 0 : 1;
}
function isGood({ result }) {
	return result?.outcomes.every(({ state }) => state === "done" || state === "skipped") !== false;
}
/** The plan for the mode plan, the action's outputs for a run; a list of those for reconcile. */
function jsonOf({ inputs }, ran) {
	const each = ran.map(({ plan, result }) => result === null ? plan : renderOutputs(plan, result));
	return JSON.stringify(inputs.mode === "reconcile" ? each : each[0], null, 2);
}
try {
	process.exitCode = await main(inputsFromArgs(process.argv.slice(2), whole));
} catch (thrown) {
	await reporter.fail(problemsOf(thrown));
	process.exitCode = 1;
}
await tearDown(resources, exec, reporter.log);
if (signal.aborted) process.exitCode = 130;
await exitWhenRead();

export {  };