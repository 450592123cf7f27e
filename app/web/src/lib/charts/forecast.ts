import { isRefusal } from '#lib/api/types.ts';
import { PERCENT } from '#lib/wording/figures.ts';
import { everyYear, type Scale } from './scale.ts';
import type { Series } from './series.ts';
import type { Forecast, ForecastMeasured, YearCount } from './types.ts';

interface Point {
	year: number;
	value: number;
}

/** A topic's years as they are drawn: those that are complete, those whose papers still arrive, and what is forecast. */
export interface Course {
	complete: YearCount[];
	/** Years that the forecast already covers: their counts are not whole yet and no line may fall because of them. */
	arriving: YearCount[];
	forecast: Forecast | null;
	first: number;
	end: number;
}

/** A topic's course, from at most `most` periods before its end. One that ended early has zeros up to the forecast. */
export function courseOf(topic: Series, most = Infinity): Course {
	const forecast = isRefusal(topic.forecast) || topic.forecast.points.length === 0 ? null : topic.forecast;
	const begin = forecast?.points[0]!.year;
	const silent = begin === undefined ? [] : [{ year: begin - 1, articles: 0 }];
	const known = new Set(topic.years.map((item) => item.year));
	const years = everyYear([...topic.years, ...silent.filter((item) => !known.has(item.year))]);
	const complete = years.filter((item) => begin === undefined || item.year < begin);
	const arriving = years.filter((item) => begin !== undefined && item.year >= begin);
	const shown = Number.isFinite(most) ? complete.slice(-most) : complete;
	const last = [...shown, ...arriving].at(-1)?.year ?? 0;
	return {
		complete: shown,
		arriving,
		forecast,
		first: shown[0]?.year ?? last,
		end: Math.max(last, forecast?.points.at(-1)?.year ?? last)
	};
}

/** An SVG path through the points. */
export function line(points: Point[], x: Scale, y: Scale): string {
	return points.map((point, index) => `${index ? 'L' : 'M'}${fixed(x(point.year))} ${fixed(y(point.value))}`).join('');
}

export function seenLine(course: Course): Point[] {
	return course.complete.map((item) => ({ year: item.year, value: item.articles }));
}

/** The closed outline of an interval, opening from the last complete year. */
export function band(course: Course, x: Scale, y: Scale, percent: 80 | 95 = 80): string {
	const points = course.forecast?.points ?? [];
	const upper = points.map((point) => ({ year: point.year, value: point[`high${percent}`] }));
	const lower = points.map((point) => ({ year: point.year, value: point[`low${percent}`] })).reverse();
	return `${line([...start(course), ...upper, ...lower], x, y)}Z`;
}

export function expectedLine(course: Course): Point[] {
	const points = course.forecast?.points ?? [];
	return [...start(course), ...points.map((point) => ({ year: point.year, value: point.expected }))];
}

/** The naive forecast shares the forecast's years; where the server sends fewer, the rest is left out. */
export function naiveLine(course: Course): Point[] {
	return alongside(course, course.forecast?.naive ?? []);
}

/** Another model's forecast for the same years. */
export function otherLine(course: Course, model: string): Point[] {
	return alongside(course, course.forecast?.others[model] ?? []);
}

function alongside(course: Course, values: number[]): Point[] {
	const points = (course.forecast?.points ?? []).slice(0, values.length);
	return [...start(course), ...points.map((point, index) => ({ year: point.year, value: values[index]! }))];
}

const MODELS: Record<string, string> = {
	automatic: 'automatic choice',
	'half-drift': 'half drift',
	'damped-trend': 'damped trend',
	ets: 'ETS',
	arima: 'ARIMA',
	naive: 'naive forecast'
};

/** A model's name as it is shown. */
export function modelName(model: string): string {
	return MODELS[model] ?? model;
}

/** How the forecasts of this analysis did at earlier years: error beside naive's, and what their intervals held. */
export function measuredLine(measured: ForecastMeasured, monthly = false): string {
	const moments = monthly ? (measured.origins === 1 ? 'moment' : 'moments, a year apart,') : measured.origins === 1 ? 'year' : 'years';
	const share = (value: number) => `${Math.round(value * 100)}${PERCENT}`;
	const error =
		measured.error_of_naive === null ? '' : `the error was ${measured.error_of_naive.toFixed(2)} times the naive forecast's, `;
	return (
		`At ${measured.origins} earlier ${moments} of these topics ${error}` +
		`the 80${PERCENT} interval held ${share(measured.coverage80)} of what came, the 95${PERCENT} interval ${share(measured.coverage95)}.`
	);
}

/** The largest value that any of the lines reaches, at least 1; with the 80 % interval's upper bound unless left out. */
export function highest(course: Course, interval = true): number {
	const seen = [...course.complete, ...course.arriving].map((item) => item.articles);
	const points = course.forecast?.points ?? [];
	const coming = points.map((point) => (interval ? Math.max(point.high80, point.expected) : point.expected));
	const others = interval ? Object.values(course.forecast?.others ?? {}).flat() : [];
	return Math.max(1, ...seen, ...coming, ...(course.forecast?.naive ?? []), ...others);
}

function start(course: Course): Point[] {
	return seenLine(course).slice(-1);
}

function fixed(value: number): string {
	return String(Math.round(value * 10) / 10);
}
