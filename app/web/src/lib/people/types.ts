/** The shapes of people, tokens and what they did under /api/v1, as the server documents them. */

export type Role = 'reader' | 'researcher' | 'administrator' | (string & {});

export interface Person {
	email: string;
	name: string;
	role: Role;
}

/** Who is signed in. */
export interface Myself extends Person {
	/** Null for a visitor. */
	id: number | null;
}

/** An account, as its owner and administrators see it. */
export interface Account extends Person {
	id: number;
	created_at: string;
	/** Null: may sign in. */
	disabled_at: string | null;
}

export interface Invitation extends Person {
	/** Null: somebody new; otherwise a new password for that account. */
	account_id: number | null;
	created_at: string;
	expires_at: string;
}

/** Shown once: the link, or the token, is nowhere else. */
export interface InvitationMade extends Invitation {
	link: string;
}

export type Scope = 'read' | 'search' | 'model' | 'export' | 'write';

export interface PersonalToken {
	id: number;
	name: string;
	scopes: Scope[];
	created_at: string;
	expires_at: string | null;
	last_used_at: string | null;
}

export interface PersonalTokenMade extends PersonalToken {
	token: string;
}

export interface AuditEvent {
	id: number;
	at: string;
	actor: string;
	action: string;
	subject: string;
	details: Record<string, unknown>;
	address: string;
}

export interface AuditPage {
	items: AuditEvent[];
	/** `before` of the next page; null: this is the last. */
	next: number | null;
}
