/** The shapes of alerts under /api/v1, as the server documents them. */

/** What happened that the reader should know of. */
export interface Alert {
	id: number;
	/** ISO 8601. */
	at: string;
	kind: 'topic born' | 'topic merged' | 'topic rising' | 'new papers' | 'run failed';
	title: string;
	detail: string;
	seen: boolean;
	/** In the newest analysis of everything; null where it is of none, or of one that is gone. */
	topic_id: number | null;
	search_id: number | null;
	work_run_id: number | null;
}

export interface AlertList {
	items: Alert[];
	/** In all, not only among `items`. */
	unseen: number;
}
