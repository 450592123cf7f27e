/** A label that wants to stand at a place of the screen, centred on it. */
export interface Candidate {
	id: number;
	x: number;
	y: number;
	width: number;
	height: number;
	/** Larger ones are placed first. */
	priority: number;
}

/** A label's box on the screen, from its upper left corner. */
export interface Placed {
	id: number;
	left: number;
	top: number;
	width: number;
	height: number;
}

// A label may step aside by parts of its own size before it is left out.
const STEPS: [number, number][] = [
	[0, 0],
	[0, -0.8],
	[0, 0.8],
	[0.35, 0],
	[-0.35, 0],
	[0.35, -0.8],
	[-0.35, -0.8],
	[0.35, 0.8],
	[-0.35, 0.8]
];

/** The labels that find room, none overlapping another or leaving the area; important ones choose first. */
export function placeLabels(candidates: Candidate[], area: { width: number; height: number }, gap = 4): Placed[] {
	const placed: Placed[] = [];
	const order = [...candidates].sort((a, b) => b.priority - a.priority || a.id - b.id);
	for (const candidate of order) {
		if (candidate.x < 0 || candidate.y < 0 || candidate.x > area.width || candidate.y > area.height) continue;
		for (const [right, down] of STEPS) {
			const box = boxAt(candidate, right, down, area);
			if (placed.every((other) => !overlap(box, other, gap))) {
				placed.push(box);
				break;
			}
		}
	}
	return placed;
}

/** The label under a place of the screen. */
export function labelAt(placed: Placed[], x: number, y: number): Placed | undefined {
	return placed.find(
		(box) => x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height
	);
}

/** A name on at most two lines of about `most` characters; what does not fit ends in an ellipsis. */
export function wrapLabel(name: string, most = 24): string[] {
	const lines: string[] = [''];
	for (const word of name.trim().split(/\s+/)) {
		const current = lines[lines.length - 1]!;
		if (current === '') lines[lines.length - 1] = word;
		else if (current.length + 1 + word.length <= most) lines[lines.length - 1] = `${current} ${word}`;
		else lines.push(word);
	}
	const shown = lines.slice(0, 2).map((text) => (text.length > most ? `${text.slice(0, most - 1)}…` : text));
	if (lines.length > 2) shown[1] = `${shown[1]!.replace(/[,;:/…]$/, '')}…`;
	return shown;
}

function boxAt(candidate: Candidate, right: number, down: number, area: { width: number; height: number }): Placed {
	const { id, width, height } = candidate;
	const left = candidate.x - width / 2 + right * width;
	const top = candidate.y - height / 2 + down * height;
	return {
		id,
		width,
		height,
		left: Math.min(Math.max(left, 2), Math.max(area.width - width - 2, 2)),
		top: Math.min(Math.max(top, 2), Math.max(area.height - height - 2, 2))
	};
}

function overlap(a: Placed, b: Placed, gap: number): boolean {
	return (
		a.left < b.left + b.width + gap &&
		b.left < a.left + a.width + gap &&
		a.top < b.top + b.height + gap &&
		b.top < a.top + a.height + gap
	);
}
