import { expect, it } from 'vitest';
import { assignColours, DARK, LIGHT } from '#lib/map/colours.ts';
import { groupByTopic } from '#lib/map/drawing.ts';

const row = Array.from({ length: 40 }, (_, id) => ({ id, x: id, y: 0, articles: 100 - id }));

it('gives neighbours different colours', () => {
	const colours = assignColours(row);
	for (let id = 1; id < row.length; id++) expect(colours.get(id)).not.toBe(colours.get(id - 1));
});

it('uses every colour once before any twice', () => {
	expect(new Set(assignColours(row.slice(0, LIGHT.length)).values()).size).toBe(LIGHT.length);
});

it('does not depend on the order of the topics', () => {
	expect(new Map([...assignColours([...row].reverse())].sort(([a], [b]) => a - b))).toEqual(assignColours(row));
});

it('has as many colours for the dark page as for the light one', () => {
	expect(DARK).toHaveLength(LIGHT.length);
});

it('groups points by topic, those without one beneath the others', () => {
	expect(groupByTopic([2, -1, 0, 2])).toEqual([
		{ topic: -1, points: [1] },
		{ topic: 0, points: [2] },
		{ topic: 2, points: [0, 3] }
	]);
});
