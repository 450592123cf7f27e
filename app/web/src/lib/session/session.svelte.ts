import { goto } from '$app/navigation';
import { request } from '#lib/api/client.ts';
import type { Myself } from '#lib/people/types.ts';

class Session {
	person = $state.raw<Myself>();

	async find(signal: AbortSignal): Promise<Myself> {
		this.person = await request<Myself>('/api/v1/session', { signal });
		return this.person;
	}

	async signIn(email: string, password: string): Promise<void> {
		const options = { method: 'POST', body: { email, password }, redirectWhenSignedOut: false } as const;
		this.person = await request<Myself>('/api/v1/session', options);
	}

	async signOut(): Promise<void> {
		await request<void>('/api/v1/session', { method: 'DELETE', redirectWhenSignedOut: false });
		// Forgotten only on the sign-in page: any other would ask who is there and note itself as the place to return to.
		await goto('/sign-in');
		this.person = undefined;
	}

	get isVisitor(): boolean {
		return this.person?.role === 'visitor';
	}

	get mayAdminister(): boolean {
		return this.person?.role === 'administrator';
	}

	get mayAnalyse(): boolean {
		return this.person?.role === 'researcher' || this.person?.role === 'administrator';
	}

	/** Whether what this account made (null: nobody) is for who is here to change and to delete, as the server has it. */
	mayChange(ownerId: number | null): boolean {
		return this.mayAnalyse && (ownerId === null || ownerId === this.person?.id || this.mayAdminister);
	}
}

/** Who is using the site in this tab. */
export const session = new Session();
