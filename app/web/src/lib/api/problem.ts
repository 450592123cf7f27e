/** What went wrong, in words for the reader: one line of cause and, where there is one, what to do. */
export class Problem extends Error {
	constructor(
		readonly status: number,
		message: string,
		readonly remedy: string | null = null
	) {
		super(message);
		this.name = 'Problem';
	}

	/** The interface answers 404 with this remedy where nothing has been analysed; that is a beginning, not a fault. */
	get nothingThere(): boolean {
		return this.status === 404;
	}
}

const BY_STATUS: Record<number, string> = {
	403: 'Your account may not do this.',
	404: 'There is nothing at this address.',
	413: 'That was too large for the server.',
	429: 'Too many requests in a short time. Wait a minute and try again.'
};

/** A problem out of an error response. Bodies that are not application/problem+json (a proxy's page) are not shown. */
export function problemOf(status: number, contentType: string | null, body: string): Problem {
	if (contentType?.includes('json')) {
		const told = parsed(body);
		const cause = text(told.detail) ?? text(told.title);
		const remedy = text(told.remedy);
		if (cause) return new Problem(status, sentence(cause), remedy && sentence(remedy));
	}
	const known = BY_STATUS[status];
	if (known) return new Problem(status, known);
	if (status >= 500) {
		return new Problem(status, `The server could not answer (${status}).`, 'It may be restarting: try again in a minute.');
	}
	return new Problem(status, `The server refused the request (${status}).`);
}

export function unreachable(): Problem {
	return new Problem(0, 'The server could not be reached.', 'Check your connection and try again.');
}

export function asProblem(reason: unknown): Problem {
	if (reason instanceof Problem) return reason;
	const told = reason instanceof Error ? reason.message : String(reason);
	return new Problem(0, `This page failed: ${told}`, 'Reload the page; if it happens again, tell your administrator.');
}

function parsed(body: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(body);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
	} catch {
		return {};
	}
}

function text(value: unknown): string | null {
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function sentence(words: string): string {
	const capital = words.charAt(0).toUpperCase() + words.slice(1);
	return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
