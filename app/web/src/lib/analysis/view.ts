/** What the analysis page shows, kept in its address. */
export interface AnalysisView {
	topic: number | null;
	table: boolean;
	/** 0 topics, -1 subtopics, 1 and up themes. */
	level: number;
	/** A theme or subtopic of that level. */
	group: number | null;
	/** What was analysed by itself, say one search; null: everything. */
	scope: string | null;
}

export function readView(search: Pick<URLSearchParams, 'get'>): AnalysisView {
	const level = search.get('level');
	return {
		topic: numbered(search.get('topic')),
		table: search.get('view') === 'table',
		level: level !== null && /^(-1|[1-9])$/.test(level) ? Number(level) : 0,
		group: numbered(search.get('group')),
		scope: search.get('scope')
	};
}

/** What is added to an address of the interface that tells of topics. */
export function ofScope(scope: string | null): string {
	return scope === null ? '' : `?${new URLSearchParams({ scope })}`;
}

function numbered(written: string | null): number | null {
	return written !== null && /^\d{1,9}$/.test(written) ? Number(written) : null;
}

export function analysisAddress(view: AnalysisView): string {
	const search = new URLSearchParams();
	if (view.topic !== null) search.set('topic', String(view.topic));
	if (view.level !== 0) search.set('level', String(view.level));
	if (view.level !== 0 && view.group !== null) search.set('group', String(view.group));
	if (view.scope !== null) search.set('scope', view.scope);
	if (view.table) search.set('view', 'table');
	const written = search.toString();
	return written ? `/analysis?${written}` : '/analysis';
}
