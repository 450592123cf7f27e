import type { Alert } from './types.ts';

/** Where an alert leads; null where what it was of is gone. */
export function leadsTo({ topic_id, search_id, work_run_id }: Pick<Alert, 'topic_id' | 'search_id' | 'work_run_id'>): string | null {
	if (topic_id !== null) return `/analysis?topic=${topic_id}`;
	if (search_id !== null) return `/searches/${search_id}`;
	return work_run_id === null ? null : '/runs';
}

/** "Alerts", or "Alerts (3)" where some have not been seen. */
export function withCount(unseen: number): string {
	if (unseen === 0) return 'Alerts';
	return `Alerts (${unseen > 99 ? '99+' : unseen})`;
}
