import { describe, expect, it } from 'vitest';
import ModelErrors from '#lib/charts/ModelErrors.svelte';
import { arimaLine, errorsOf } from '#lib/charts/models.ts';
import { lifeLine, told } from '#lib/topics/changes.ts';
import GroupList from '#lib/topics/GroupList.svelte';
import History from '#lib/topics/History.svelte';
import LevelChoice from '#lib/topics/LevelChoice.svelte';
import { levelsOf } from '#lib/topics/levels.ts';
import Life from '#lib/topics/Life.svelte';
import TopicTable from '#lib/topics/TopicTable.svelte';
import type { Appearance } from '#lib/topics/types.ts';
import { markup, shown } from './shown.ts';

const found = (run_id: number, articles: number, more: Partial<Appearance> = {}): Appearance => ({
	run_id,
	finished_at: `2026-0${run_id}-03T04:00:00Z`,
	topic_id: 2,
	name: 'asthma inhaler',
	articles,
	agreement: 0.83,
	score: 0.612,
	low: 0.5,
	high: 0.7,
	...more
});

const measured = (error_of_naive: number | null, others?: Record<string, number | null>) => ({
	origins: 10,
	error_of_naive,
	others,
	coverage80: 0.812,
	coverage95: 0.95
});

describe('a topic’s life', () => {
	it('tells in how many analyses it was found, and how large', () => {
		const items = [found(3, 70), found(2, 55), found(1, 40, { name: 'inhaler', agreement: null })];
		expect(lifeLine(items)).toBe('Found by 3 analyses since 3 January 2026, with 40 articles then and 70 now. It was called “inhaler” then.');
		expect(lifeLine(items.slice(0, 1))).toBe('Found by one analysis until now, of 3 March 2026, with 70 articles.');
		expect(lifeLine([found(3, 40), found(2, 55), found(1, 40)])).toContain('with 40 articles in the oldest and in the newest');
	});

	it('is shown analysis by analysis, with the interval of each score', () => {
		const told = shown(Life, { items: [found(2, 55), found(1, 40, { agreement: null, score: null, low: null, high: null })] });
		expect(told).toContain('2, 3 February 2026 55 83 % 0.61 (0.50 to 0.70)');
		expect(told).toContain('1, 3 January 2026 40 new none');
		expect(shown(Life, { items: [] })).toBe('');
	});

	it('has its births, merges, splits and deaths dated where they are of several analyses', () => {
		const change = { run_id: 2, finished_at: '2026-02-03T04:00:00Z', topic_key: 4, topic_name: 'a', other_key: 7, other_name: 'b', share: 0.6 };
		expect(shown(History, { changes: [{ ...change, kind: 'merged' }], dated: true })).toBe('Analysis 2, 3 February 2026 “a” went into “b” with 60 % of its articles');
		expect(shown(History, { changes: [{ ...change, kind: 'died', other_key: null, other_name: null, share: null }] })).toBe('“a” is no longer found');
		expect(told({ ...change, kind: 'split' }, 7).replace('\u00a0', ' ')).toBe('“a” came out of it with 60 % of its articles');
	});
});

describe('stability', () => {
	it('is named for what it is wherever it is shown', () => {
		const told = shown(TopicTable, { topics: [], colours: new Map(), choose: () => {} });
		expect(told).toContain('Stability is agreement under subsampling: the mean Jaccard index');
	});
});

describe('the models beside each other', () => {
	const kept = measured(0.773, { ets: 1.12, arima: 1.068, 'half-drift': 0.8 });
	const line = (of: ReturnType<typeof measured>, drawn: string, order = '1,1,1') => arimaLine(errorsOf(of, drawn), drawn, order);

	it('stand in the order of what they missed, naive among them', () => {
		expect(errorsOf(kept, 'automatic').map((one) => one.model)).toEqual(['automatic', 'half-drift', 'naive', 'arima', 'ets']);
		expect(errorsOf(measured(1, { arima: null }), 'naive')).toEqual([
			{ model: 'naive', error: 1 },
			{ model: 'arima', error: null }
		]);
	});

	it('tell what ARIMA missed beside naive and beside the model drawn', () => {
		expect(line(kept, 'automatic')).toBe(
			'At the same years ARIMA(1,1,1), the model of the requirements, missed 1.07 times as much as the naive forecast; the automatic choice, ' +
				'drawn here, 0.77 times. So ARIMA is kept beside it, and is not the forecast.'
		);
		expect(arimaLine(errorsOf(kept, 'automatic'), 'automatic', '1,1,1', 'months')).toMatch(/^At the same months ARIMA/);
	});

	it('tell where ARIMA is better, is the one drawn, or cannot be judged', () => {
		expect(line(measured(0.9, { arima: 0.8 }), 'automatic')).toContain('On these topics it would have missed no more');
		expect(line(measured(0.8, { ets: 0.9 }), 'arima', '2,1,0')).toMatch(
			/ARIMA\(2,1,0\).*0\.80 times as much as the naive forecast; it is the one drawn here\.$/
		);
		expect(line(measured(0.9, { arima: null }), 'half-drift')).toContain('cannot be fitted to so few years');
		expect(line(measured(null, { arima: null }), 'automatic')).toContain('missed nothing');
	});

	it('are shown where the analysis kept them', () => {
		const props = { drawn: 'automatic', order: '1,1,1', of: 'articles' as const };
		expect(shown(ModelErrors, { ...props, measured: kept })).toMatch(
			/automatic choice, drawn 0\.77 half drift 0\.80 naive forecast 1\.00 ARIMA\(1,1,1\) 1\.07 ETS 1\.12$/
		);
		for (const none of [measured(0.9), null, undefined]) expect(shown(ModelErrors, { ...props, measured: none })).toBe('');
	});
});

describe('topics cut coarser and finer', () => {
	const topic = (id: number, theme: number) => ({ id, name: `topic ${id}`, x: 0, y: 0, articles: 10, theme });
	const group = (level: number, id: number, parent: number | null) => ({ level, id, parent, name: `group ${level}/${id}`, terms: ['a'], articles: 20, x: 0, y: 0 });
	const data = {
		run: {} as never,
		topics: [topic(0, 0), topic(1, 0), topic(2, 1)],
		groups: [group(-1, 0, 0), group(-1, 1, 0), group(-1, 2, 1), group(-1, 3, 2), group(1, 0, null), group(1, 1, null)],
		articles: 0,
		drawn: 0,
		points: { pmid: [], x: [], y: [], topic: [], subtopic: [] }
	};
	const levels = levelsOf(data);

	it('offers the next coarser and the next finer, and no further', () => {
		const buttons = (level: number) => {
			const { 0: coarser, 1: finer } = rendered(level).match(/<button[^>]*>/g)!;
			return [coarser!.includes('disabled'), finer!.includes('disabled')];
		};
		expect([buttons(-1), buttons(0), buttons(1)]).toEqual([[false, true], [false, false], [true, false]]);
		expect(shown(LevelChoice, { levels, level: 1, choose: () => {} })).toBe('Coarser 2 themes Finer');
		expect(shown(LevelChoice, { levels, level: -1, choose: () => {} })).toBe('Coarser 4 subtopics Finer');
	});

	it('lists the topics that a theme joins', () => {
		const told = shown(GroupList, { data, level: 1, colours: new Map(), chosen: 0, choose: () => {}, open: () => {} });
		expect(told).toMatch(/group 1\/0.*Its topics topic 0 10 topic 1 10.*group 1\/1/);
		expect(told).not.toContain('topic 2');
	});

	function rendered(level: number): string {
		return markup(LevelChoice, { levels, level, choose: () => {} });
	}
});
