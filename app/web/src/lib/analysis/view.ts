/** What the analysis page shows, kept in its address. */
export interface AnalysisView {
	topic: number | null;
	table: boolean;
}

export function readView(search: Pick<URLSearchParams, 'get'>): AnalysisView {
	const topic = search.get('topic');
	return {
		topic: topic !== null && /^\d{1,9}$/.test(topic) ? Number(topic) : null,
		table: search.get('view') === 'table'
	};
}

export function analysisAddress(view: AnalysisView): string {
	const search = new URLSearchParams();
	if (view.topic !== null) search.set('topic', String(view.topic));
	if (view.table) search.set('view', 'table');
	const written = search.toString();
	return written ? `/analysis?${written}` : '/analysis';
}
