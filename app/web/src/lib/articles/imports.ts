import type { FileImport } from '#lib/api/types.ts';
import { count, counted } from '#lib/wording/figures.ts';

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
		[report.wanted, 'to be fetched'],
		[report.skipped, 'skipped'],
		[report.deleted, 'withdrawn'],
		[report.duplicates, 'found to be duplicates']
	];
	const named = parts.filter(([number]) => number > 0).map(([number, name]) => `${count(number)} ${name}`);
	return `${counted(item.records_read, 'record')}: ${named.join(', ') || 'nothing'}.`;
}
