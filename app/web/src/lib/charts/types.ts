import type { Refusal } from '#lib/api/types.ts';

/** The shapes of counts and their forecasts under /api/v1, as the server documents them. */

export interface YearCount {
	year: number;
	articles: number;
}

export interface ForecastPoint {
	year: number;
	expected: number;
	low80: number;
	high80: number;
	low95: number;
	high95: number;
}

/** What a model did at earlier years of the same topics, each forecast made from the years up to then. */
export interface ForecastMeasured {
	origins: number;
	/** Mean absolute error over the naive forecast's; null where naive never missed. */
	error_of_naive: number | null;
	/** The same of each other model that had enough to tell from, naive left out; older analyses lack it. */
	others?: Record<string, number | null>;
	coverage80: number;
	coverage95: number;
}

/** Of papers a year, papers a month and citations a year; null where none could be forecast. */
export interface RunMeasured {
	forecast_measured?: ForecastMeasured | null;
	months_forecast_measured?: ForecastMeasured | null;
	citations_forecast_measured?: ForecastMeasured | null;
	/** ARIMA's p,d,q, as "1,1,1". */
	arima_order?: string;
}

export interface Forecast {
	method: string;
	/** The naive forecast, one number a year, for the same years as `points`. */
	naive: number[];
	points: ForecastPoint[];
	/** The model that made `points`. */
	model: string;
	/** What the other models expect, by their names, for the same years. */
	others: Record<string, number[]>;
}

/** The same of months: 2019-03. */
export interface MonthForecast extends Omit<Forecast, 'points'> {
	points: (Omit<ForecastPoint, 'year'> & { month: string })[];
}

/** Complete months of a topic that has enough papers a month; no counts where it has not. */
export interface TopicMonths {
	counts: { month: string; articles: number }[];
	forecast: MonthForecast | Refusal;
}

/** Citations of a topic's papers in the years that a source tells whole. */
export interface TopicCitations {
	counts: { year: number; citations: number }[];
	/** Of how many of its articles they are known. */
	known: number;
	forecast: Forecast | Refusal;
}
