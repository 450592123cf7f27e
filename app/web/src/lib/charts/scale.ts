export type Scale = (value: number) => number;

/** Maps [from, to] onto [start, end]; a domain of one value lands in the middle. */
export function linear(from: number, to: number, start: number, end: number): Scale {
	if (from === to) return () => (start + end) / 2;
	return (value) => start + ((value - from) / (to - from)) * (end - start);
}

/** At most `wanted` + 1 round values from 0 that reach `highest`: 0, 200, 400 … */
export function ticks(highest: number, wanted: number): number[] {
	if (!(highest > 0)) return [0, 1];
	const step = roundStep(highest / wanted);
	const values = [];
	for (let index = 0; index * step < highest + step * 0.999; index++) values.push(index * step);
	return values;
}

/** Years to write under an axis: at most `wanted` of them, on round years where they are more than one apart. */
export function yearTicks(first: number, last: number, wanted: number): number[] {
	const step = [1, 2, 5, 10, 20, 50].find((years) => (last - first) / years <= wanted) ?? 100;
	const years = [];
	for (let year = Math.ceil(first / step) * step; year <= last; year += step) years.push(year);
	return years;
}

function roundStep(rough: number): number {
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].find((factor) => factor * power >= rough)! * power;
	return Math.max(1, step);
}

/** Every year between the first and the last, those without articles as 0. */
export function everyYear(counts: { year: number; articles: number }[]): { year: number; articles: number }[] {
	if (counts.length === 0) return [];
	const known = new Map(counts.map((item) => [item.year, item.articles]));
	const years = [...known.keys()];
	const first = Math.min(...years);
	const length = Math.max(...years) - first + 1;
	return Array.from({ length }, (_, index) => ({ year: first + index, articles: known.get(first + index) ?? 0 }));
}
