import { describe, expect, it } from 'vitest';
import { band, courseOf, expectedLine, highest, line, measuredLine, naiveLine, otherLine, seenLine } from '#lib/charts/forecast.ts';
import { everyYear, linear, ticks, yearTicks } from '#lib/charts/scale.ts';

describe('scales', () => {
	it('map ends onto ends and one value onto the middle', () => {
		const scale = linear(2000, 2010, 50, 150);
		expect([scale(2000), scale(2005), scale(2010)]).toEqual([50, 100, 150]);
		expect(linear(5, 5, 0, 10)(5)).toBe(5);
	});

	it.each([
		[417, [0, 200, 400, 600]],
		[1, [0, 1]],
		[0, [0, 1]],
		[3.2, [0, 1, 2, 3, 4]],
		[-Infinity, [0, 1]]
	])('levels up to %d are %j', (highestValue, levels) => {
		expect(ticks(highestValue, 4)).toEqual(levels);
	});

	it.each([0.4, 7, 55, 999, 1000, 123456])('levels reach %d and stay few', (value) => {
		const levels = ticks(value, 4);
		expect(levels[levels.length - 1]).toBeGreaterThanOrEqual(value);
		expect(levels.length).toBeLessThanOrEqual(6);
	});

	it('writes round years', () => {
		expect(yearTicks(1987, 2013, 6)).toEqual([1990, 1995, 2000, 2005, 2010]);
		expect(yearTicks(2004, 2004, 6)).toEqual([2004]);
	});

	it('fills the years without articles', () => {
		expect(everyYear([{ year: 2003, articles: 2 }, { year: 2000, articles: 5 }]).map((item) => item.articles)).toEqual([5, 0, 0, 2]);
		expect(everyYear([])).toEqual([]);
	});
});

describe('a topic over the years', () => {
	const forecast = {
		method: 'half of the drift',
		naive: [10, 10],
		points: [
			{ year: 2021, expected: 12, low80: 8, high80: 16, low95: 5, high95: 24 },
			{ year: 2022, expected: 13, low80: 6, high80: 21, low95: 2, high95: 40 }
		],
		model: 'half-drift',
		others: { arima: [11, 23] }
	};
	const years = [
		{ year: 2018, articles: 4 },
		{ year: 2020, articles: 10 },
		{ year: 2021, articles: 3 }
	];
	const course = courseOf({ years, forecast });
	const same = (value: number) => value;

	it('keeps a year whose papers still arrive out of the line', () => {
		expect(seenLine(course).map((point) => point.value)).toEqual([4, 0, 10]);
		expect(course.arriving).toEqual([{ year: 2021, articles: 3 }]);
		expect([course.first, course.end]).toEqual([2018, 2022]);
	});

	it('goes on at zero where a topic ended before the forecast begins', () => {
		const ended = courseOf({ years: years.slice(0, 1), forecast });
		expect(seenLine(ended)).toEqual([
			{ year: 2018, value: 4 },
			{ year: 2019, value: 0 },
			{ year: 2020, value: 0 }
		]);
	});

	it('shows every year where there is no forecast, or the recent ones of many', () => {
		expect(seenLine(courseOf({ years, forecast: { refused: 'too short' } }))).toHaveLength(4);
		expect(courseOf({ years, forecast }, 2).first).toBe(2019);
		expect(courseOf({ years: [], forecast: { refused: 'none' } })).toMatchObject({ complete: [], first: 0, end: 0 });
	});

	it('opens the forecast from the last complete year', () => {
		expect(expectedLine(course)[0]).toEqual({ year: 2020, value: 10 });
		expect(band(course, same, same)).toBe('M2020 10L2021 16L2022 21L2022 6L2021 8Z');
	});

	it('shows the naive forecast for the years that it has', () => {
		expect(naiveLine(courseOf({ years, forecast: { ...forecast, naive: [9] } }))).toEqual([
			{ year: 2020, value: 10 },
			{ year: 2021, value: 9 }
		]);
	});

	it('shows the other models and how the forecasts did before', () => {
		expect(otherLine(course, 'arima').map((point) => point.value)).toEqual([10, 11, 23]);
		expect(otherLine(course, 'unknown')).toHaveLength(1);
		expect(band(course, same, same, 95)).toBe('M2020 10L2021 24L2022 40L2022 2L2021 5Z');
		expect(measuredLine({ origins: 10, error_of_naive: 0.773, coverage80: 0.822, coverage95: 0.95 })).toBe(
			"At 10 earlier years of these topics the error was 0.77 times the naive forecast's, " +
				'the 80\u00a0% interval held 82\u00a0% of what came, the 95\u00a0% interval 95\u00a0%.'
		);
		expect(measuredLine({ origins: 1, error_of_naive: null, coverage80: 1, coverage95: 1 })).toMatch(/^At 1 earlier year of these topics the 80/);
	});

	it('leaves room for its upper bound and for the other models', () => {
		expect(highest(course)).toBe(23);
		expect(highest(course, false)).toBe(13);
		expect(highest(courseOf({ years: [], forecast: { refused: 'none' } }))).toBe(1);
	});

	it('writes a path of tenths', () => {
		expect(line([{ year: 1.04, value: 2.06 }], same, same)).toBe('M1 2.1');
	});
});
