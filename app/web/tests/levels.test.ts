import { describe, expect, it } from 'vitest';
import type { TopicGroup, TopicMapData } from '#lib/map/types.ts';
import { certainty, told } from '#lib/topics/changes.ts';
import { atLevel, levelsOf, themesOf, topicsOf } from '#lib/topics/levels.ts';
import type { TopicChange } from '#lib/topics/types.ts';

const group = (level: number, id: number, parent: number | null): TopicGroup => ({
	level,
	id,
	parent,
	name: `g${level}/${id}`,
	terms: [],
	articles: 1,
	x: 0,
	y: 0
});
const data = {
	topics: [0, 1, 2].map((id) => ({ id, name: `t${id}`, x: 0, y: 0, articles: 3, theme: [0, 0, 1][id]! })),
	groups: [group(-1, 0, 0), group(-1, 1, 0), group(-1, 2, 1), group(-1, 3, 2), group(1, 0, 0), group(1, 1, 0), group(2, 0, null)],
	articles: 4,
	drawn: 4,
	points: { pmid: [10, 11, 12, 13], x: [0, 0, 0, 0], y: [0, 0, 0, 0], topic: [0, 1, 2, -1], subtopic: [1, 2, 3, -1] }
} as unknown as TopicMapData;

describe('levels of a map', () => {
	it('are counted, the finest first', () => {
		expect(levelsOf(data)).toEqual([
			{ level: -1, count: 4, name: 'subtopics' },
			{ level: 0, count: 3, name: 'topics' },
			{ level: 1, count: 2, name: 'themes' },
			{ level: 2, count: 1, name: 'themes' }
		]);
	});

	it('are topics alone where an analysis has no more', () => {
		expect(levelsOf({ topics: data.topics, groups: [] })).toHaveLength(1);
	});

	it('put every article into its group, and those in no topic into none', () => {
		expect(atLevel(data, -1).points.topic).toEqual([1, 2, 3, -1]);
		expect(atLevel(data, 0)).toBe(data);
		expect(atLevel(data, 1).points.topic).toEqual([0, 0, 1, -1]);
		expect(atLevel(data, 2).points.topic).toEqual([0, 0, 0, -1]);
		expect(atLevel(data, 1).topics.map((one) => one.name)).toEqual(['g1/0', 'g1/1']);
	});

	it('lie within each other', () => {
		expect([...themesOf(data, 2).values()]).toEqual([0, 0, 0]);
		expect(topicsOf(data, data.groups[4]!).map((topic) => topic.id)).toEqual([0, 1]);
		expect(topicsOf(data, data.groups[2]!).map((topic) => topic.id)).toEqual([1]);
	});
});

describe('what became of a topic', () => {
	const change = (kind: TopicChange['kind']): TopicChange => ({
		run_id: 1,
		finished_at: '',
		kind,
		topic_key: 1,
		topic_name: 'A',
		other_key: kind === 'split' || kind === 'merged' ? 2 : null,
		other_name: kind === 'split' || kind === 'merged' ? 'B' : null,
		share: kind === 'split' || kind === 'merged' ? 0.75 : null
	});

	it('is told in a sentence', () => {
		expect(told(change('born'))).toBe('“A” was found for the first time');
		expect(told(change('died'))).toBe('“A” is no longer found');
		expect(told(change('merged'))).toBe('“A” went into “B” with 75 % of its articles');
	});

	it("is told from the topic's own side", () => {
		expect(told(change('split'), 1)).toBe('It came out of “B” with 75 % of its articles');
		expect(told(change('split'), 2)).toBe('“A” came out of it with 75 % of its articles');
	});

	it('is certain by its stability', () => {
		expect([0.75, 0.6, 0.59].map(certainty)).toEqual(['stable', 'less certain', 'uncertain']);
	});
});
