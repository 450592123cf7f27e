import { request } from '#lib/api/client.ts';
import type { AlertList } from './types.ts';

class Unseen {
	count = $state(0);

	/** Looked up for the page's head; where that fails the count stays, and the alerts' own page tells why. */
	async renew(): Promise<void> {
		try {
			this.count = (await request<AlertList>('/api/v1/alerts?limit=1', { redirectWhenSignedOut: false })).unseen;
		} catch (reason) {
			console.warn('alerts were not counted', reason);
		}
	}
}

export const unseen = new Unseen();
