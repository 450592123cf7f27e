import { describe, expect, it } from 'vitest';
import { courseOf, measuredLine } from '#lib/charts/forecast.ts';
import { citationSeries, monthSeries, periodName, periodTicks, refusalOf } from '#lib/charts/series.ts';

const interval = { expected: 2, low80: 1, high80: 3, low95: 0, high95: 4 };
const made = { method: 'm', model: 'automatic', naive: [2], others: {} };

describe('months', () => {
	const months = {
		counts: [
			{ month: '2018-12', articles: 3 },
			{ month: '2019-01', articles: 5 }
		],
		forecast: { ...made, points: [{ month: '2019-02', ...interval }] }
	};

	it('are drawn one after the other across the end of a year', () => {
		const course = courseOf(monthSeries(months));
		expect(course.complete.map((item) => periodName(item.year, true))).toEqual(['2018-12', '2019-01']);
		expect(course.complete.map((item) => item.articles)).toEqual([3, 5]);
		expect(periodName(course.end, true)).toBe('2019-02');
		expect(course.arriving).toEqual([]);
	});

	it('have years written under their Januaries', () => {
		const ticks = periodTicks(2018 * 12 + 11, 2020 * 12 + 5, 5, true);
		expect(ticks).toEqual([
			{ at: 2019 * 12, year: 2019 },
			{ at: 2020 * 12, year: 2020 }
		]);
		expect(periodTicks(2018, 2020, 5, false).map((tick) => tick.year)).toEqual([2018, 2019, 2020]);
	});

	it('say why there are none', () => {
		expect(refusalOf({ forecast: { refused: 'too few' } })).toBe('too few');
		expect(refusalOf(months)).toBeUndefined();
		expect(monthSeries({ counts: [], forecast: { refused: 'too few' } }).forecast).toEqual({ refused: 'too few' });
	});

	it('were measured at moments a year apart', () => {
		const measured = { origins: 3, error_of_naive: 0.5, coverage80: 0.8, coverage95: 0.95 };
		expect(measuredLine(measured, true)).toMatch(/^At 3 earlier moments, a year apart, of these topics the error was 0.50/);
		expect(measuredLine({ ...measured, origins: 1 }, true)).toMatch(/^At 1 earlier moment of/);
	});
});

it('citations are drawn as papers are', () => {
	const citations = { known: 3, counts: [{ year: 2020, citations: 7 }], forecast: { ...made, points: [{ year: 2021, ...interval }] } };
	expect(courseOf(citationSeries(citations)).complete).toEqual([{ year: 2020, articles: 7 }]);
	expect(periodName(2020, false)).toBe('2020');
});
