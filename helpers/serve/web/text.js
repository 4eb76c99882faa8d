// What bytes of a log show: text, and colours that are carried from one line to the next.

// A colour is null, a number of the palette, or "rgb(...)".
export const plain = () => ({ fg: null, bg: null, on: new Set() });

const OFF = { 22: [1, 2], 23: [3], 24: [4], 27: [7], 29: [9] };

// palette N - a colour of the 256
function palette(n) {
	if (n < 16)
		return n & 7;
	if (n > 231)
		return `rgb(${Array(3).fill(8 + (n - 232) * 10)})`;
	const level = (k) => [0, 95, 135, 175, 215, 255][Math.floor((n - 16) / k) % 6];
	return `rgb(${level(36)},${level(6)},${level(1)})`;
}

// extended CODES, I - the colour behind 38 or 48, and where its last code is
function extended(codes, i) {
	if (codes[i + 1] === 5 && codes[i + 2] < 256)
		return [palette(codes[i + 2]), i + 2];
	if (codes[i + 1] === 2 && codes.slice(i + 2, i + 5).every((c) => c < 256) && i + 4 < codes.length)
		return [`rgb(${codes.slice(i + 2, i + 5)})`, i + 4];
	return [null, codes.length];
}

// apply STATE, TEXT - what the codes of one SGR sequence make of the state
export function apply(state, text) {
	const codes = text.split(/[;:]/).map((c) => (/^\d{0,3}$/.test(c) ? Number(c) : 0));
	for (let i = 0; i < codes.length; i++) {
		const c = codes[i];
		if (c === 0)
			Object.assign(state, plain());
		else if (c < 10 && [1, 2, 3, 4, 7, 9].includes(c))
			state.on.add(c);
		else if (OFF[c])
			OFF[c].forEach((o) => state.on.delete(o));
		else if (c >= 30 && c <= 37)
			state.fg = c - 30;
		else if (c >= 40 && c <= 47)
			state.bg = c - 40;
		else if (c >= 90 && c <= 97)
			state.fg = c - 90;
		else if (c >= 100 && c <= 107)
			state.bg = c - 100;
		else if (c === 39)
			state.fg = null;
		else if (c === 49)
			state.bg = null;
		else if (c === 38)
			[state.fg, i] = extended(codes, i);
		else if (c === 48)
			[state.bg, i] = extended(codes, i);
	}
}

// A CSI sequence, one of the kinds that end with ST or BEL (OSC 8 makes links: there are none
// here), or another of two characters; what is not whole at a line's end goes as well.
const ESCAPE = /\x1b(?:\[([0-?]*)([ -/]*[@-~])?|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~]?)/g;
// Control characters, and those that turn the direction of text.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

// coloured TEXT, STATE - an element of it, whose text is never parsed
function coloured(text, state) {
	const span = document.createElement("span");
	const names = [...state.on].map((c) => "s" + c);
	for (const [letter, colour] of [["f", state.fg], ["b", state.bg]])
		if (typeof colour === "number")
			names.push(letter + colour);
		else if (colour)
			span.style[letter === "f" ? "color" : "backgroundColor"] = colour;
	span.className = names.join(" ");
	span.textContent = text;
	return span;
}

const isPlain = (state) => state.fg === null && state.bg === null && !state.on.size;

// over LINE - what a terminal would still show of a line with carriage returns
function over(line) {
	line = line.replace(/\r+$/, "");
	const at = line.lastIndexOf("\r");
	if (at < 0)
		return line;
	// Colours that were set in what is written over hold on.
	return (line.slice(0, at).match(ESCAPE) || []).join("") + line.slice(at + 1);
}

// show INTO, TEXT, STATE - adds lines to an element, and moves state on
export function show(into, text, state) {
	let run = "";
	const flush = () => {
		if (run)
			into.append(isPlain(state) ? run : coloured(run, state));
		run = "";
	};
	text.split("\n").forEach((line, i) => {
		if (i)
			run += "\n";
		if (line.includes("\r"))
			line = over(line);
		let from = 0;
		if (line.includes("\x1b"))
			for (const m of line.matchAll(ESCAPE)) {
				run += line.slice(from, m.index).replace(CONTROL, "\ufffd");
				from = m.index + m[0].length;
				if (m[2] === "m") {
					flush();
					apply(state, m[1]);
				}
			}
		run += line.slice(from).replace(CONTROL, "\ufffd");
	});
	flush();
}
