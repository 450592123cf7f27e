interface Page<T> {
	items: T[];
	/** The cursor of the next page; null: this is the last. */
	next: string | null;
}

/** All pages of a list, one after another: for what people have made, which is never very much. */
export async function wholeList<T>(path: string, ask: (path: string) => Promise<Page<T>>): Promise<{ items: T[] }> {
	const items: T[] = [];
	let next: string | null = null;
	do {
		const page: Page<T> = await ask(next === null ? path : `${path}?cursor=${encodeURIComponent(next)}`);
		items.push(...page.items);
		next = page.next;
	} while (next !== null);
	return { items };
}
