// What a build used over time, from its samples.  The plots are drawn by dygraphs, where the
// server has it.

// Its labels come as texts; anything that could be markup is refused, and any other script.
if (window.trustedTypes)
	trustedTypes.createPolicy("default", {
		createHTML: (s) => (/[<&]/.test(s) ? null : s),
		createScriptURL: (s) => (s === "/web/dygraph.min.js" ? s : null),
	});

function library() {
	return new Promise((good, bad) => {
		const script = document.createElement("script");
		const style = document.createElement("link");
		style.rel = "stylesheet";
		style.href = "/web/dygraph.min.css";
		script.onload = good;
		script.onerror = bad;
		script.src = "/web/dygraph.min.js";
		document.head.append(style, script);
	});
}


// rows TEXT - [seconds, cores, memory, tasks, read, written] of each sample
function rows(text) {
	const [head, ...lines] = text.trim().split("\n").map((l) => l.split(","));
	const at = Object.fromEntries(head.map((name, i) => [name, i]));
	let before = null;
	return lines.map((l) => {
		const v = (name) => Number(l[at[name]]) || 0;
		const now = { t: v("elapsed_us"), user: v("user_us"), sys: v("sys_us"), read: v("read_bytes"), write: v("write_bytes") };
		const b = before || { t: 0, user: 0, sys: 0, read: 0, write: 0 };
		const d = Math.max(1, now.t - b.t);
		before = now;
		return { s: now.t / 1e6, user: (now.user - b.user) / d, sys: (now.sys - b.sys) / d, mem: v("mem_kib") / 1024,
			read: Math.max(0, now.read - b.read) / d, write: Math.max(0, now.write - b.write) / d };
	});
}

const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

// place INTO, TITLE - an element for a plot: all of them are there before the first is drawn, so
// that each has its width
function place(into, title) {
	const figure = document.createElement("figure");
	const caption = document.createElement("figcaption");
	const box = document.createElement("div");
	caption.textContent = title;
	box.setAttribute("role", "img");
	box.setAttribute("aria-label", `${title}, over time`);
	figure.append(caption, box);
	into.append(figure);
	return box;
}

function plot(box, data, names) {
	const css = getComputedStyle(document.documentElement);
	const colour = (name) => css.getPropertyValue(name).trim();
	return new window.Dygraph(box, data.map((r) => [r.s, ...names.map((n) => r[n])]), {
		labels: ["time", ...names], legend: "never", stackedGraph: names.length > 1, fillGraph: true,
		colors: [colour("--run"), colour("--wait")], gridLineColor: colour("--line"), axisLineColor: colour("--line"),
		includeZero: true, strokeWidth: 1.2, axes: { x: { axisLabelFormatter: clock }, y: { axisLabelWidth: 44 } },
	});
}

async function draw(section) {
	const { task, attempt } = section.dataset;
	const answer = await fetch(`/task/${task}/samples.csv?attempt=${attempt}`);
	if (!answer.ok)
		return;
	const data = rows(await answer.text());
	if (data.length < 2)
		return;
	await library();
	// There is no legend; what makes one sets styles that the page's policy forbids.
	window.Dygraph.PLUGINS = window.Dygraph.PLUGINS.filter((p) => p !== window.Dygraph.Plugins.Legend);
	section.querySelector(".plots")?.remove();
	const into = document.createElement("div");
	into.className = "plots";
	section.append(into);
	section.hidden = false;
	const all = { "Cores busy: user, system": ["user", "sys"], "Memory, MiB": ["mem"], "Read and written, MB/s": ["read", "write"] };
	Object.entries(all).map(([title, names]) => [place(into, title), names]).forEach(([box, names]) => plot(box, data, names));
}

export function plots(section) {
	if (!section || section.dataset.samples === "0")
		return;
	// Where there is no library, there are no plots.
	draw(section).catch(() => { section.hidden = true; });
}
