// What every page has: it stays true while one looks, and its buttons do something.
const live = document.getElementById("live");
const skew = Date.now() / 1000 - Number(document.body.dataset.now);

function say(text, bad) {
	live.textContent = text;
	live.classList.toggle("bad", Boolean(bad));
}

// --- times

const two = (n) => String(n).padStart(2, "0");

function span(s) {
	s = Math.max(0, Math.round(s));
	const minutes = Math.floor(s / 60);
	return minutes < 60 ? `${minutes}:${two(s % 60)}` :
	    `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}

function tick() {
	const now = Date.now() / 1000 - skew;
	for (const t of document.querySelectorAll("time[data-since]")) {
		const text = span(now - t.dataset.since);
		if (t.textContent !== text)
			t.textContent = text;
	}
	for (const t of document.querySelectorAll("time[data-at]:not([title])"))
		t.title = new Date(t.dataset.at * 1000).toLocaleString();
}

// --- what has changed

// Makes old the same as fresh, and leaves alone what is the same already, so that focus and
// selection stay.
function morph(old, fresh) {
	if (old.isEqualNode(fresh))
		return;
	if (old.nodeType !== 1 || fresh.nodeType !== 1 || old.tagName !== fresh.tagName || old.id !== fresh.id) {
		old.replaceWith(fresh);
		return;
	}
	for (const a of [...old.attributes])
		if (!fresh.hasAttribute(a.name) && a.name !== "open" && a.name !== "title")
			old.removeAttribute(a.name);
	for (const a of fresh.attributes)
		if (old.getAttribute(a.name) !== a.value)
			old.setAttribute(a.name, a.value);
	children(old, fresh);
}

function children(old, fresh) {
	const named = new Map([...old.children].filter((c) => c.id).map((c) => [c.id, c]));
	let at = old.firstChild;
	for (const f of [...fresh.childNodes]) {
		const same = f.id && named.get(f.id);
		if (same && same !== at)
			old.insertBefore(same, at);
		else if (!same && f.id)
			old.insertBefore(document.importNode(f, true), at);
		if (same) {
			at = same.nextSibling;
			morph(same, document.importNode(f, true));
		} else if (!f.id) {
			if (at && !at.id) {
				const next = at.nextSibling;
				morph(at, document.importNode(f, true));
				at = next;
			} else {
				old.insertBefore(document.importNode(f, true), at);
			}
		}
	}
	while (at) {
		const next = at.nextSibling;
		at.remove();
		at = next;
	}
}

// The page again, as a document in which nothing runs.
function fetched() {
	return new Promise((good, bad) => {
		const x = new XMLHttpRequest();
		x.open("GET", location.pathname + location.search);
		x.setRequestHeader("Accept", "text/html");
		x.responseType = "document";
		x.timeout = 30000;
		x.onload = () => (x.status === 200 && x.response ? good(x.response) : bad(new Error(x.status)));
		x.onerror = x.ontimeout = () => bad(new Error("no answer"));
		x.send();
	});
}

let asked = false, busy = false, pause = 1000;

async function refresh() {
	if (busy || document.hidden) {
		asked = true;
		return;
	}
	busy = true;
	asked = false;
	const began = performance.now();
	try {
		const fresh = await fetched();
		for (const f of fresh.querySelectorAll("[data-live]")) {
			const old = document.getElementById(f.id);
			if (old)
				morph(old, document.importNode(f, true));
		}
		document.title = fresh.title;
		tick();
		document.dispatchEvent(new Event("fresh"));
	} catch {
		asked = true;
	}
	// Who is slow to answer is asked less often.
	pause = Math.min(10000, Math.max(1000, 5 * (performance.now() - began)));
	setTimeout(() => {
		busy = false;
		if (asked)
			refresh();
	}, pause);
}

// --- one stream for the page

const log = document.getElementById("log");
const view = log && (await import("./log.js")).viewer(log);

// From what the page shows on, so that nothing is missed, nor has to be asked for again.
function listen() {
	const query = new URLSearchParams({ after: document.body.dataset.event });
	if (log) {
		query.set("task", log.dataset.task);
		query.set("log", 1);
	}
	const events = new EventSource("/events?" + query);
	let lost = false;
	events.onopen = () => {
		say("live");
		if (lost)
			refresh();
		lost = false;
	};
	events.onerror = () => {
		lost = true;
		say("connection lost; trying again", true);
		if (events.readyState === EventSource.CLOSED)
			setTimeout(listen, 5000);
	};
	events.addEventListener("task", refresh);
	events.addEventListener("log", (e) => view && view.grown(JSON.parse(e.data)));
}

// --- what one can do

async function act(button) {
	if ("sure" in button.dataset && !button.classList.contains("sure")) {
		const text = button.textContent;
		button.textContent = text + ": sure?";
		button.classList.add("sure");
		setTimeout(() => {
			button.textContent = text;
			button.classList.remove("sure");
		}, 5000);
		return;
	}
	const [method, path] = button.dataset.do.split(" ");
	button.disabled = true;
	try {
		const answer = await fetch(path, { method });
		const body = answer.status === 204 ? {} : await answer.json();
		if (!answer.ok)
			say(body.detail || answer.statusText, true);
		else if (body.retry_of)
			location.href = "/task/" + body.id;
		else
			say("done");
	} catch {
		say("the server does not answer; nothing was done", true);
	}
	button.disabled = false;
	refresh();
}

document.addEventListener("click", (e) => {
	const button = e.target.closest("button[data-do]");
	if (button)
		act(button);
});
const out = document.getElementById("logout");
if (out)
	out.onclick = async () => {
		await fetch("/session", { method: "DELETE" });
		location.reload();
	};

setInterval(tick, 1000);
tick();
if (document.querySelector("[data-live]")) {
	listen();
	// What no event tells of: memory, load, who was not heard of.
	setInterval(refresh, 15000);
	document.addEventListener("visibilitychange", () => document.hidden || !asked || refresh());
}
if (log)
	(await import("./plot.js")).plots(document.getElementById("plots"));
