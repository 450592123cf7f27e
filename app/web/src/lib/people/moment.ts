/** A moment of the server's, as the reader's place writes it; nothing for none. */
export function moment(iso: string | null): string {
	return iso === null ? '–' : new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
