import type { Forecast, YearCount } from '#lib/api/types.ts';
import type { Scale } from './scale.ts';

interface Point {
	year: number;
	value: number;
}

/** An SVG path through the points. */
export function line(points: Point[], x: Scale, y: Scale): string {
	return points.map((point, index) => `${index ? 'L' : 'M'}${fixed(x(point.year))} ${fixed(y(point.value))}`).join('');
}

/** The closed outline of the 80 % interval, opening from the last observed year. */
export function band(last: YearCount, forecast: Forecast, x: Scale, y: Scale): string {
	const start = { year: last.year, value: last.articles };
	const upper = forecast.points.map((point) => ({ year: point.year, value: point.high80 }));
	const lower = forecast.points.map((point) => ({ year: point.year, value: point.low80 })).reverse();
	return `${line([start, ...upper, ...lower], x, y)}Z`;
}

export function expectedLine(last: YearCount, forecast: Forecast): Point[] {
	return [{ year: last.year, value: last.articles }, ...forecast.points.map((p) => ({ year: p.year, value: p.expected }))];
}

/** The naive forecast shares the forecast's years; where the server sends fewer, the rest is left out. */
export function naiveLine(last: YearCount, forecast: Forecast): Point[] {
	const points = forecast.points.slice(0, forecast.naive.length);
	return [
		{ year: last.year, value: last.articles },
		...points.map((point, index) => ({ year: point.year, value: forecast.naive[index]! }))
	];
}

/** The largest value that any of the lines reaches, at least 1. */
export function highest(years: YearCount[], forecast: Forecast | null): number {
	const seen = years.map((item) => item.articles);
	const coming = forecast ? [...forecast.points.map((point) => point.high80), ...forecast.naive] : [];
	return Math.max(1, ...seen, ...coming);
}

function fixed(value: number): string {
	return String(Math.round(value * 10) / 10);
}
