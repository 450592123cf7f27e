import { count } from '#lib/wording/figures.ts';
import type { WorkRun, WorkStep } from './types.ts';

const ASKED: Record<string, string> = { hand: 'by hand', queue: 'from the page or after a search', cron: 'by itself' };
const KINDS: Record<string, string> = { night: 'The night’s work', analysis: 'Analysis', backtest: 'Backtest' };

/** "The night’s work, by itself"; "Analysis of search 12, by hand". */
export function title(run: Pick<WorkRun, 'kind' | 'scope' | 'asked_by'>): string {
	const of = run.scope === 'everything' ? '' : ` of ${run.scope}`;
	return `${KINDS[run.kind] ?? run.kind}${of}, ${ASKED[run.asked_by] ?? run.asked_by}`;
}

/** 0.42 → "0.4 s", 75 → "1 min 15 s". */
export function duration(seconds: number): string {
	if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** How long something took; a dash while it runs, or where its end is unknown. */
export function took(of: { started_at: string; finished_at: string | null }): string {
	return of.finished_at ? duration((Date.parse(of.finished_at) - Date.parse(of.started_at)) / 1000) : '–';
}

export function memory(bytes: number | null): string {
	return bytes === null ? '–' : `${count(Math.round(bytes / 2 ** 20))} MiB`;
}

/** "6 topics, 12 in no topic", or why the step failed. */
export function found(step: Pick<WorkStep, 'counts' | 'cause'>): string {
	const counts = Object.entries(step.counts).map(([name, value]) => `${count(value)} ${name}`);
	return [step.cause, ...counts].filter(Boolean).join(', ');
}
