import { goto } from '$app/navigation';
import { signInAddress } from '#lib/session/return.ts';
import { Problem, problemOf, unreachable } from './problem.ts';

interface Options {
	method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	body?: unknown;
	signal?: AbortSignal;
	/** Requests about the session itself handle a 401 themselves. */
	redirectWhenSignedOut?: boolean;
}

/** One request to the interface on the same host. Throws `Problem`, or the browser's AbortError. */
export async function request<T>(path: string, options: Options = {}): Promise<T> {
	const { method = 'GET', body, signal, redirectWhenSignedOut = true } = options;
	// A form with a file brings its own content type.
	const isJson = body !== undefined && !(body instanceof FormData);
	const response = await send(path, {
		method,
		signal,
		credentials: 'same-origin',
		headers: { Accept: 'application/json', ...(isJson ? { 'Content-Type': 'application/json' } : {}) },
		body: isJson ? JSON.stringify(body) : (body as FormData | undefined)
	});
	if (response.status === 401 && redirectWhenSignedOut) {
		await goto(signInAddress(location.pathname + location.search), { replace: true });
	}
	if (!response.ok) {
		throw problemOf(response.status, response.headers.get('content-type'), await response.text());
	}
	if (response.status === 204) return undefined as T;
	if (!response.headers.get('content-type')?.includes('json')) {
		throw new Problem(response.status, 'The server answered with something that is not data.', 'Try again in a minute.');
	}
	return (await response.json()) as T;
}

async function send(path: string, init: RequestInit): Promise<Response> {
	try {
		return await fetch(path, init);
	} catch (reason) {
		if (reason instanceof DOMException && reason.name === 'AbortError') throw reason;
		throw unreachable();
	}
}
