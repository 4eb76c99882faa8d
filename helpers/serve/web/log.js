// The log viewer.  A log may have a gigabyte: only some windows of it, of 64 KiB at most, are
// here at a time.  The server tells where they begin, in which line and colour.
import { apply, plain, show } from "./text.js";

const LINE = 18;		// pixels, as in style.css
const WINDOWS = 24;		// that are kept
const TAIL = 64 << 10;

const make = (tag, name, text) => {
	const e = document.createElement(tag);
	e.className = name || "";
	if (text !== undefined)
		e.textContent = text;
	return e;
};
const clone = (s) => ({ ...s, on: new Set(s.on) });

// A part of the log on the screen: its text, and the numbers of its lines.
class Win {
	constructor(from, [offset, line, sgr, mid]) {
		Object.assign(this, { from, to: from + 1, offset, end: offset, line, mid, rows: 0 });
		this.el = make("div", "win");
		this.numbers = make("pre", "no");
		this.numbers.setAttribute("aria-hidden", "true");
		this.text = make("pre", "tx");
		this.open = make("span");	// the last line, which may not be whole
		this.text.append(this.open);
		this.el.append(this.numbers, this.text);
		this.state = plain();
		if (sgr)
			apply(this.state, sgr);
		this.held = "";
		this.decoder = new TextDecoder();
	}

	add(bytes) {
		this.end += bytes.length;
		const all = this.held + this.decoder.decode(bytes, { stream: true });
		const cut = all.lastIndexOf("\n") + 1;
		this.open.remove();
		if (cut) {
			show(this.text, all.slice(0, cut), this.state);
			this.lines = (this.lines || 0) + all.slice(0, cut).split("\n").length - 1;
		}
		this.held = all.slice(cut);
		this.open = make("span");
		show(this.open, this.held, clone(this.state));
		this.text.append(this.open);
		this.number((this.lines || 0) + (this.held ? 1 : 0));
	}

	number(rows) {
		let more = "";
		for (let r = this.rows; r < rows; r++)
			more += (r ? "\n" : "") + (this.line === null || (this.mid && !r) ? " " : this.line + r);
		if (more)
			this.numbers.append(more);
		this.rows = rows;
	}

	mark(line) {
		const hit = make("div", "hit");
		hit.style.top = (line - this.line) * LINE + "px";
		this.el.prepend(hit);
	}
}

class Viewer {
	constructor(section) {
		const d = section.dataset;
		Object.assign(this, { section, task: d.task, attempt: Number(d.attempt), over: d.over === "1",
			size: 0, total: 0, marks: new Map(), steps: [], folded: new Set(), items: [], turn: Promise.resolve() });
		// Of an attempt that the URL names, nothing else is shown.
		this.fixed = new URLSearchParams(location.search).has("attempt");
		this.build(d.verdict);
		if (this.attempt)
			this.start();
	}

	url(what, query) {
		return `/task/${this.task}/log${what}?${new URLSearchParams({ attempt: this.attempt, ...query })}`;
	}

	// --- what there is to see and press

	build(verdict) {
		this.box = make("div", "view");
		this.box.tabIndex = 0;
		this.box.setAttribute("role", "region");
		this.box.setAttribute("aria-label", "Log");
		this.box.hidden = !this.attempt;
		this.found = make("ol", "found");
		this.tools = this.section.querySelector(".tools");
		this.button("Top", () => this.go(1));
		this.button("End", () => this.end());
		if (this.over && verdict && verdict !== "ok")
			this.button("First error", () => this.why());
		this.select = make("select", "steps");
		this.select.setAttribute("aria-label", "Go to a step");
		this.select.onchange = () => this.select.value && this.go(Number(this.select.value));
		this.input("line", "Line", "number", (v) => v && this.go(Number(v)));
		this.seek = this.input("seek", "Search", "search", (v) => this.search(v, 1));
		this.count = make("span", "count");
		this.count.setAttribute("role", "status");
		this.tools.append(this.select, this.count);
		this.section.append(this.found, this.box);
		this.box.onscroll = () => this.fill();
		this.box.onclick = (e) => this.clicked(e);
		this.box.onkeydown = (e) => this.key(e);
		addEventListener("hashchange", () => this.hash());
	}

	button(text, run) {
		const b = make("button", "", text);
		b.type = "button";
		b.onclick = run;
		this.tools.append(b);
	}

	input(name, label, type, run) {
		const i = make("input", name);
		i.type = type;
		i.placeholder = label;
		i.setAttribute("aria-label", label + " of the log");
		i.onkeydown = (e) => {
			if (e.key === "Enter")
				run(i.value);
		};
		this.tools.append(i);
		return i;
	}

	key(e) {
		const run = { Home: () => this.go(1), End: () => this.end(), "/": () => this.seek.focus() }[e.key];
		if (run && !e.ctrlKey && !e.metaKey && !e.altKey) {
			e.preventDefault();
			run();
		}
	}

	clicked(e) {
		const no = e.target.closest(".no"), item = no && this.items.find((i) => i.numbers === no);
		if (!item || item.line === null)
			return;
		const line = item.line + Math.floor((e.clientY - no.getBoundingClientRect().top) / LINE);
		history.replaceState(null, "", "#L" + line);
		this.highlight(line);
	}

	// --- what the server has

	async index(query) {
		const answer = await fetch(this.url("/index", query));
		if (answer.status === 404)	// nothing was said yet
			return null;
		if (!answer.ok)
			throw new Error(answer.statusText);
		const i = await answer.json();
		i.at.forEach((m, k) => this.marks.set(i.first + k, m));
		Object.assign(this, { size: Math.max(this.size, i.size), total: i.marks, lines: i.lines, mark: i.mark });
		if (i.steps.length !== this.steps.length) {
			this.steps = i.steps;
			this.select.replaceChildren(new Option("Steps", ""), ...i.steps.map(([, line, level, name]) =>
				new Option((level > 1 ? "\u2003" : "") + name, line)));
		}
		this.select.hidden = !this.steps.length;
		return i;
	}

	async bytes(from, to) {
		if (to <= from)
			return new Uint8Array();
		const answer = await fetch(this.url("", {}), { headers: { Range: `bytes=${from}-${to - 1}` } });
		return answer.status === 206 ? new Uint8Array(await answer.arrayBuffer()) : new Uint8Array();
	}

	async win(i) {
		if (!this.marks.has(i) || (i + 1 < this.total && !this.marks.has(i + 1)))
			await this.index({ mark: i });
		const w = new Win(i, this.marks.get(i));
		const to = i + 1 < this.total ? this.marks.get(i + 1)[0] : Math.min(this.size, w.offset + 2 * TAIL);
		w.add(await this.bytes(w.offset, to));
		return w;
	}

	// --- steps that are folded

	ends(k) {
		const level = this.steps[k][2];
		const next = this.steps.slice(k + 1).find((s) => s[2] <= level);
		return next ? next[0] : this.total;
	}

	// The outermost folded step that window i is in.
	fold(i) {
		return this.steps.findIndex((s, k) => this.folded.has(s[1]) && s[0] <= i && i < this.ends(k));
	}

	head(k, closed) {
		const [mark, line, , name] = this.steps[k], to = this.ends(k);
		const last = this.marks.has(to) ? this.marks.get(to)[1] : this.lines + 1;
		const b = make("button", "fold", `${closed ? "▸" : "▾"} ${name}${closed ? ` · ${last - line} lines` : ""}`);
		b.type = "button";
		b.setAttribute("aria-expanded", String(!closed));
		b.onclick = () => {
			if (!this.folded.delete(line))
				this.folded.add(line);
			this.run(() => this.show(mark));
		};
		return b;
	}

	async item(i) {
		const k = this.fold(i);
		if (k < 0) {
			const w = await this.win(i), s = this.steps.findIndex((step) => step[0] === i);
			if (s >= 0) {
				const both = make("div", "");
				both.append(this.head(s, false), w.el);
				w.outer = both;
			}
			return w;
		}
		const to = this.ends(k);
		if (to < this.total && !this.marks.has(to))
			await this.index({ mark: to });
		return { from: this.steps[k][0], to, el: this.head(k, true), folded: true, line: null, rows: 1 };
	}

	// --- what is on the screen

	// One after the other, in the order in which it was asked for.
	run(what) {
		this.turn = this.turn.then(what).catch((e) => { this.count.textContent = e.message; });
		return this.turn;
	}

	get atEnd() {
		return this.box.scrollTop + this.box.clientHeight >= this.box.scrollHeight - LINE;
	}

	toEnd() {
		this.box.scrollTop = this.box.scrollHeight;
	}

	put(item, first) {
		performance.mark("log");	// what is sought is there: for who measures
		item.top = item.outer || item.el;
		if (first) {
			this.items.unshift(item);
			this.box.prepend(item.top);
		} else {
			this.items.push(item);
			this.box.append(item.top);
		}
		if (this.hit && !item.folded && item.line !== null && this.hit >= item.line && this.hit < item.line + item.rows)
			item.mark(this.hit);
	}

	// Shows window i, and nothing else yet.
	async show(i) {
		const item = await this.item(i);
		this.items = [];
		this.box.replaceChildren();
		this.put(item);
		this.box.scrollTop = 0;
		await this.more();
		return item;
	}

	async before() {
		const item = await this.item(this.items[0].from - 1);
		this.put(item, true);
		this.box.scrollTop += item.top.offsetHeight;
		if (this.items.length > WINDOWS)
			this.items.pop().top.remove();
	}

	async after() {
		const item = await this.item(this.items.at(-1).to);
		this.put(item);
		if (this.items.length > WINDOWS) {
			const gone = this.items.shift(), tall = gone.top.offsetHeight;
			gone.top.remove();
			this.box.scrollTop -= tall;
		}
	}

	async more() {
		const near = this.box.clientHeight;
		while (this.items.at(-1).to < this.total && this.box.scrollTop + 2 * near > this.box.scrollHeight)
			await this.after();
		while (this.items[0].from > 0 && this.box.scrollTop < near)
			await this.before();
	}

	fill() {
		if (this.filling || !this.items.length || !this.total)
			return;
		this.filling = true;
		this.run(() => this.more()).then(() => { this.filling = false; });
	}

	highlight(line) {
		this.hit = line;
		for (const h of this.box.querySelectorAll(".hit"))
			h.remove();
		const item = this.items.find((i) => !i.folded && i.line !== null && line >= i.line && line < i.line + i.rows);
		if (item)
			item.mark(line);
		return item;
	}

	go(line) {
		return this.run(async () => {
			if (!await this.index({ line }))
				return;
			line = Math.max(1, Math.min(line, this.lines));
			const k = this.fold(this.mark);
			if (k >= 0)
				this.folded.delete(this.steps[k][1]);
			await this.show(this.mark);
			const item = this.highlight(line);
			if (item)
				this.box.scrollTop = item.el.offsetTop + (line - item.line) * LINE - this.box.clientHeight / 3;
			await this.more();
		});
	}

	end() {
		return this.run(async () => {
			if (!await this.index({}))
				return;
			await this.show(this.total - 1);
			this.toEnd();
			await this.more();
			this.toEnd();
		});
	}

	hash() {
		const m = /^#L(\d{1,15})$/.exec(location.hash);
		return m ? this.go(Number(m[1])) : null;
	}

	// The end is shown as soon as it is here; its lines get their numbers when the server has
	// counted them.
	async start() {
		if (this.hash())
			return;
		this.run(async () => {
			const answer = await fetch(this.url("", {}), { headers: { Range: `bytes=-${TAIL}` } });
			if (!answer.ok || this.items.length)
				return;
			const bytes = new Uint8Array(await answer.arrayBuffer());
			const from = bytes.length < TAIL ? 0 : bytes.indexOf(10) + 1;
			const w = new Win(0, [0, null, "", 0]);
			w.add(bytes.subarray(from));
			this.put(w);
			this.toEnd();
		});
		this.end();
	}

	// The server has more of it, or another attempt has begun.
	grown({ attempt, size }) {
		if (attempt !== this.attempt) {
			if (this.fixed || !attempt)
				return;
			Object.assign(this, { attempt, size: 0, total: 0, steps: [], items: [] });
			this.marks.clear();
			this.box.replaceChildren();
			this.box.hidden = false;
			this.section.querySelector(".empty")?.remove();
			this.section.querySelector(".raw").href = this.url("", {});
			this.start();
			return;
		}
		if (size > this.size || (size && !this.total)) {
			this.size = Math.max(size, this.size);
			if (!this.growing) {
				this.growing = true;
				this.run(() => this.grow()).then(() => { this.growing = false; });
			}
		}
	}

	async grow() {
		const last = this.items.at(-1);
		if (!last || !this.total) {
			this.end();
			return;
		}
		if (last.folded || last.to < this.total)
			return;
		const follows = this.atEnd;
		if (this.size - last.end > 4 * TAIL || last.end - last.offset > 2 * TAIL) {
			// Other windows have begun meanwhile.
			await this.index({ mark: last.from });
			if (follows) {
				await this.index({});
				await this.show(this.total - 1);
				this.toEnd();
				await this.more();
				this.toEnd();
			} else {
				this.items.pop().top.remove();
				await this.after();
			}
			return;
		}
		while (last.end < this.size) {
			const bytes = await this.bytes(last.end, Math.min(this.size, last.end + TAIL));
			if (!bytes.length)
				return;
			last.add(bytes);
		}
		if (follows)
			this.toEnd();
	}

	// --- where something is

	async why() {
		const answer = await fetch(this.url("/why", {}));
		const lines = answer.ok ? await answer.json() : [];
		this.list(lines);
		this.count.textContent = lines.length ? "" : "no line says why";
		if (lines.length)
			this.go(lines[0].line);
	}

	async search(text, from) {
		if (!text)
			return;
		this.count.textContent = "searching …";
		const answer = await fetch(this.url("/search", { q: text, line: from }));
		const body = await answer.json();
		if (!answer.ok) {
			this.count.textContent = body.detail;
			return;
		}
		this.list(body.hits);
		this.count.textContent = `${body.hits.length}${body.next ? " and more" : ""} from line ${from} on`;
		if (body.next) {
			const more = make("button", "", "more");
			more.type = "button";
			more.onclick = () => this.search(text, body.next);
			this.count.append(" ", more);
		}
		if (body.hits.length)
			this.go(body.hits[0].line);
	}

	list(hits) {
		this.found.replaceChildren(...hits.map((h) => {
			const item = make("li"), b = make("button");
			b.type = "button";
			b.append(make("b", "", h.line), h.text);
			b.onclick = () => this.go(h.line);
			item.append(b);
			return item;
		}));
	}
}

export function viewer(section) {
	return new Viewer(section);
}
