// What keeps people out who cannot see, or have no mouse.  Returns a list of findings, for
// tests/browser.
const found = [];
const say = (e, what) => found.push(`${what}: ${e.outerHTML.slice(0, 120).replace(/\s+/g, " ")}`);
const seen = (e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && e.getClientRects().length > 0;

// A name, as a screen reader finds one.
const name = (e) => {
	const by = e.getAttribute("aria-labelledby");
	return (e.getAttribute("aria-label") || (by && document.getElementById(by)?.textContent) ||
	    [...(e.labels || [])].map((l) => l.textContent).join(" ") || e.textContent || e.title || "").trim() ||
	    [...e.querySelectorAll("img")].map((i) => i.alt).join(" ").trim();
};

if (!document.documentElement.lang)
	say(document.documentElement, "no language");
if (!document.title.trim())
	say(document.head, "no title");
if (document.querySelectorAll("main").length !== 1)
	say(document.body, "not one main");
if (document.querySelectorAll("h1").length !== 1)
	say(document.body, "not one h1");
let level = 0;
for (const h of document.querySelectorAll("h1, h2, h3, h4")) {
	const n = Number(h.tagName[1]);
	if (n > level + 1)
		say(h, "a level of headings is left out");
	level = n;
	if (!h.textContent.trim())
		say(h, "an empty heading");
}
for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=region]"))
	if (seen(e) && !name(e))
		say(e, "no name");
for (const i of document.querySelectorAll("img:not([alt]), [role=img]:not([aria-label]):not([aria-labelledby])"))
	say(i, "no text in its place");
for (const t of document.querySelectorAll("table"))
	if (!t.caption || (t.tHead && [...t.tHead.rows[0].cells].some((c) => c.tagName !== "TH" || !c.scope)))
		say(t, "a table without caption or heads");
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i)))
	say(document.getElementById(id), "an id twice");
for (const e of document.querySelectorAll("[tabindex]"))
	if (Number(e.tabIndex) > 0)
		say(e, "an order of its own");
for (const e of document.querySelectorAll("ul, ol"))
	if ([...e.children].some((c) => c.tagName !== "LI"))
		say(e, "a list with what is no item");

// --- contrast

const rgb = (text) => {
	const v = text.match(/[\d.]+/g).map(Number);
	return { c: v.slice(0, 3), a: v.length > 3 ? v[3] : 1 };
};
const over = (top, below) => top.c.map((v, i) => v * top.a + below[i] * (1 - top.a));
const ground = (e) => {
	const stack = [];
	for (let at = e; at; at = at.parentElement)
		stack.push(rgb(getComputedStyle(at).backgroundColor));
	return stack.reverse().reduce((below, top) => over(top, below), matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255]);
};
const light = (c) => {
	const [r, g, b] = c.map((v) => (v /= 255, v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const done = new Set();
while (walker.nextNode()) {
	const e = walker.currentNode.parentElement;
	if (!walker.currentNode.textContent.trim() || done.has(e) || !seen(e) || e.closest("svg, noscript, [disabled], option"))
		continue;
	done.add(e);
	const style = getComputedStyle(e), below = ground(e);
	const a = light(over(rgb(style.color), below)), b = light(below);
	const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
	const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
	if (ratio < (large ? 3 : 4.5))
		say(e, `contrast ${ratio.toFixed(2)}`);
}

// --- what has the focus is marked, and nothing is wider than the page

for (const e of document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")) {
	if (!seen(e) || e.disabled)
		continue;
	e.focus({ preventScroll: true, focusVisible: true });
	const style = getComputedStyle(e);
	if (document.activeElement === e && (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 1))
		say(e, "focus cannot be seen");
}
document.activeElement.blur();
scrollTo(0, 0);
if (document.documentElement.scrollWidth > innerWidth)
	say(document.body, `wider than the page: ${document.documentElement.scrollWidth}`);
for (const e of document.querySelectorAll("button, select, input")) {
	const box = e.getBoundingClientRect();
	if (seen(e) && (box.width < 24 || box.height < 18))
		say(e, "too small to touch");
}
return found;
