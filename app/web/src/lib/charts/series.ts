import { isRefusal, type Refusal } from '#lib/api/types.ts';
import type { Topic } from '#lib/topics/types.ts';
import { yearTicks } from './scale.ts';
import type { Forecast, MonthForecast, TopicCitations, TopicMonths } from './types.ts';

/** What a chart of a forecast draws. Of months `year` is their number from year 0: 12 × year + month − 1. */
export type Series = Pick<Topic, 'years' | 'forecast'>;

export function monthSeries(months: TopicMonths): Series {
	return {
		years: months.counts.map((item) => ({ year: monthNumber(item.month), articles: item.articles })),
		forecast: isRefusal(months.forecast) ? months.forecast : byNumber(months.forecast)
	};
}

export function citationSeries(citations: TopicCitations): Series {
	return {
		years: citations.counts.map((item) => ({ year: item.year, articles: item.citations })),
		forecast: citations.forecast
	};
}

/** A year, or a month as 2019-03. */
export function periodName(period: number, monthly: boolean): string {
	if (!monthly) return String(period);
	return `${Math.floor(period / 12)}-${String((period % 12) + 1).padStart(2, '0')}`;
}

/** Periods to write a year under: at most `wanted`; of months the Januaries. */
export function periodTicks(first: number, last: number, wanted: number, monthly: boolean): { at: number; year: number }[] {
	if (!monthly) return yearTicks(first, last, wanted).map((year) => ({ at: year, year }));
	return yearTicks(first / 12, last / 12, wanted).map((year) => ({ at: year * 12, year }));
}

/** Why there is nothing to draw; undefined where there is. */
export function refusalOf(series: { forecast: Forecast | MonthForecast | Refusal }): string | undefined {
	return isRefusal(series.forecast) ? series.forecast.refused : undefined;
}

function monthNumber(month: string): number {
	const [year, number] = month.split('-').map(Number);
	return year! * 12 + number! - 1;
}

function byNumber(forecast: MonthForecast): Forecast {
	return { ...forecast, points: forecast.points.map(({ month, ...point }) => ({ ...point, year: monthNumber(month) })) };
}
