import { count, counted } from '#lib/wording/figures.ts';
import type { KeptExport } from './types.ts';

/** The wish for a kept export that an address for a streamed one stands for. */
export function wish(address: string): Record<string, string> {
	return Object.fromEntries(new URL(address, 'http://here').searchParams);
}

/** How an export stands, in one line. */
export function told(item: KeptExport): string {
	if (item.state === 'failed') return [item.failure ?? 'It could not be made.', item.remedy].filter(Boolean).join('; ');
	if (item.problem) return `It could not be made: ${item.problem}.`;
	const all = counted(item.articles ?? 0, 'article');
	if (item.state === 'waiting') return `${all}, waiting for its turn.`;
	if (item.state === 'running') return `${count(item.written)} of ${all} written so far.`;
	return `${counted(item.written, 'article')}, ${size(item.bytes ?? 0)}.`;
}

function size(bytes: number): string {
	return bytes < 1_000_000 ? `${count(Math.max(1, Math.round(bytes / 1000)))} kB` : `${count(Math.round(bytes / 1_000_000))} MB`;
}
