import { isRefusal, type Forecast, type Topic, type YearCount } from '#lib/api/types.ts';
import { everyYear, type Scale } from './scale.ts';

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

/** A topic's course, from at most `most` years before its end. A topic that ended early has zeros up to the forecast. */
export function courseOf(topic: Pick<Topic, 'years' | 'forecast'>, most = Infinity): Course {
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

/** The closed outline of the 80 % interval, opening from the last complete year. */
export function band(course: Course, x: Scale, y: Scale): string {
	const points = course.forecast?.points ?? [];
	const upper = points.map((point) => ({ year: point.year, value: point.high80 }));
	const lower = points.map((point) => ({ year: point.year, value: point.low80 })).reverse();
	return `${line([...start(course), ...upper, ...lower], x, y)}Z`;
}

export function expectedLine(course: Course): Point[] {
	const points = course.forecast?.points ?? [];
	return [...start(course), ...points.map((point) => ({ year: point.year, value: point.expected }))];
}

/** The naive forecast shares the forecast's years; where the server sends fewer, the rest is left out. */
export function naiveLine(course: Course): Point[] {
	const naive = course.forecast?.naive ?? [];
	const points = (course.forecast?.points ?? []).slice(0, naive.length);
	return [...start(course), ...points.map((point, index) => ({ year: point.year, value: naive[index]! }))];
}

/** The largest value that any of the lines reaches, at least 1; with the interval's upper bound unless left out. */
export function highest(course: Course, interval = true): number {
	const seen = [...course.complete, ...course.arriving].map((item) => item.articles);
	const points = course.forecast?.points ?? [];
	const coming = points.map((point) => (interval ? Math.max(point.high80, point.expected) : point.expected));
	return Math.max(1, ...seen, ...coming, ...(course.forecast?.naive ?? []));
}

function start(course: Course): Point[] {
	return seenLine(course).slice(-1);
}

function fixed(value: number): string {
	return String(Math.round(value * 10) / 10);
}
