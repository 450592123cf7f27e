import { count, counted } from '#lib/wording/figures.ts';
import type { FileImport } from './types.ts';

/** The PMIDs of a text, each once, and what in it is none. */
export function pmids(text: string): { pmids: string[]; others: string[] } {
	const words = text.split(/[\s,;]+/).map((word) => word.replace(/^pmid:?/i, '')).filter(Boolean);
	const isPmid = (word: string) => /^[1-9]\d{0,7}$/.test(word);
	return { pmids: [...new Set(words.filter(isPmid))], others: [...new Set(words.filter((word) => !isPmid(word)))] };
}

/** How an import stands, in one line. */
export function told(item: FileImport): string {
	if (item.state === 'failed') return [item.failure ?? 'It could not be imported.', item.remedy].filter(Boolean).join('; ');
	if (item.state === 'waiting') return 'Waiting for its turn.';
	if (item.state === 'running' || !item.report) return `${counted(item.records_read, 'record')} read so far.`;
	const { report } = item;
	const parts: [number, string][] = [
		[report.new, 'new'],
		[report.updated, 'updated'],
		[report.unchanged, 'unchanged'],
		[report.fetched === undefined ? report.wanted : 0, 'to be fetched'],
		[report.fetched ?? 0, 'stored from PubMed'],
		[report.unknown ?? 0, 'unknown to PubMed'],
		[report.skipped, 'skipped'],
		[report.deleted, 'withdrawn'],
		[report.duplicates, 'found to be duplicates']
	];
	const named = parts.filter(([number]) => number > 0).map(([number, name]) => `${count(number)} ${name}`);
	return `${counted(item.records_read, 'record')}: ${named.join(', ') || 'nothing'}.`;
}

/** More may still be told of it. */
export function underWay(item: FileImport): boolean {
	if (item.state === 'waiting' || item.state === 'running') return true;
	const report = item.report;
	return report !== null && report.wanted > 0 && report.fetched === undefined && (!report.fetch_problem || report.fetch_again === true);
}

/** What was skipped, and why: at most the first two hundred. */
export function skipped(item: FileImport): string[] {
	const unknown = item.report?.unknown_pmids ?? [];
	return [...(item.report?.problems ?? []), ...unknown.map((pmid) => `PMID ${pmid}: PubMed gave no record of it`)];
}
