import { describe, expect, it } from 'vitest';
import { labelAt, placeLabels, wrapLabel, type Candidate } from '#lib/map/labels.ts';

const area = { width: 800, height: 500 };

function scattered(many: number): Candidate[] {
	// A fixed linear congruential generator: the same crowd in every run.
	let seed = 7;
	const next = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
	return Array.from({ length: many }, (_, id) => ({
		id,
		x: next() * area.width,
		y: next() * area.height,
		width: 60 + next() * 90,
		height: 18,
		priority: next()
	}));
}

describe('labels', () => {
	it.each([5, 40, 300])('of %i topics do not overlap and stay inside', (many) => {
		const placed = placeLabels(scattered(many), area, 4);
		expect(placed.length).toBeGreaterThan(4);
		for (const [index, a] of placed.entries()) {
			expect(a.left).toBeGreaterThanOrEqual(0);
			expect(a.top).toBeGreaterThanOrEqual(0);
			expect(a.left + a.width).toBeLessThanOrEqual(area.width);
			expect(a.top + a.height).toBeLessThanOrEqual(area.height);
			for (const b of placed.slice(index + 1)) {
				const apart =
					a.left + a.width <= b.left || b.left + b.width <= a.left || a.top + a.height <= b.top || b.top + b.height <= a.top;
				expect(apart).toBe(true);
			}
		}
	});

	it('are placed by importance, on their place where there is room', () => {
		const same = { x: 400, y: 250, width: 500, height: 300 };
		const placed = placeLabels([{ id: 1, priority: 1, ...same }, { id: 2, priority: 9, ...same }], area);
		expect(placed).toEqual([{ id: 2, left: 150, top: 100, width: 500, height: 300 }]);
	});

	it('are left out where their topic is out of sight', () => {
		expect(placeLabels([{ id: 1, x: -5, y: 100, width: 50, height: 18, priority: 1 }], area)).toEqual([]);
	});

	it('are found under the pointer', () => {
		const placed = placeLabels([{ id: 3, x: 100, y: 100, width: 50, height: 20, priority: 1 }], area);
		expect(labelAt(placed, 100, 100)?.id).toBe(3);
		expect(labelAt(placed, 200, 100)).toBeUndefined();
	});
});

describe('a label on lines', () => {
	it.each([
		['hypertension', ['hypertension']],
		['calcium channel blockers in hypertension', ['calcium channel blockers', 'in hypertension']],
		['one two three four five six seven eight nine ten eleven twelve', ['one two three four five', 'six seven eight nine ten…']],
		['', ['']]
	])('%j becomes %j', (name, lines) => {
		expect(wrapLabel(name, 24)).toEqual(lines);
	});

	it('cuts a word that fits on no line', () => {
		expect(wrapLabel('hypobetalipoproteinaemia-associated', 20)).toEqual(['hypobetalipoprotein…']);
	});

	it('never has more than two lines nor lines much longer than asked', () => {
		for (const line of wrapLabel('angiotensin-converting enzyme inhibitors and angiotensin receptor antagonists', 20)) {
			expect(line.length).toBeLessThanOrEqual(21);
		}
	});
});
