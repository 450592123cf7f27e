import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Problem } from '#lib/api/problem.ts';
import { follow } from '#lib/searches/following.ts';
import type { Search } from '#lib/searches/types.ts';

const LONG = 600_000;
const running = { id: 7, state: 'running' };
const done = { id: 7, state: 'done' };
let server: Server | undefined;
let stop: (() => void) | undefined;

afterEach(() => {
	stop?.();
	server?.closeAllConnections();
	server?.close();
});

/** Follows a search of a server until it is heard to be done: all that is heard of it, and told of the asking. */
async function followed(answer: RequestListener, every: number) {
	server = createServer(answer);
	await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready));
	const { port } = server.address() as AddressInfo;
	const states: string[] = [];
	const asking: (Problem | undefined)[] = [];
	await new Promise<void>((end) => {
		const heard = ({ state }: Search) => {
			states.push(state);
			if (state === 'done') end();
		};
		stop = follow(`http://127.0.0.1:${port}/api/v1/searches/7`, { heard, asking: (problem) => asking.push(problem) }, every);
	});
	return { states, asking };
}

/** A server whose events answer so, and which is asked for the search itself with these answers, one after another. */
function without(events: RequestListener, answers: { status: number; body: object }[]): RequestListener {
	return (asked, reply) => {
		if (asked.url?.endsWith('/events')) return events(asked, reply);
		const { status, body } = answers.shift() ?? { status: 200, body: done };
		reply.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
	};
}

it('hears the events and asks for nothing beside them', async () => {
	const { states, asking } = await followed((asked, reply) => {
		if (!asked.url?.endsWith('/events')) return reply.writeHead(500).end();
		reply.writeHead(200, { 'Content-Type': 'text/event-stream' });
		reply.write(`event: progress\ndata: ${JSON.stringify(running)}\n\n`);
		reply.write(`event: ended\ndata: ${JSON.stringify(done)}\n\n`);
	}, LONG);
	expect([states, asking]).toEqual([['running', 'done'], []]);
});

it('asks for the search where its events are refused, also while that fails', async () => {
	const refused: RequestListener = (_, reply) => reply.writeHead(503).end();
	const answers = [
		{ status: 200, body: running },
		{ status: 503, body: { detail: 'the database is away' } }
	];
	const { states, asking } = await followed(without(refused, answers), 1);
	expect(states).toEqual(['running', 'done']);
	expect(asking.slice(0, 2).map((problem) => problem?.message)).toEqual([undefined, 'The database is away.']);
});

it('asks for the search where its events are held back', async () => {
	const { states } = await followed(without(() => {}, []), 1);
	expect(states).toEqual(['done']);
});

it('asks for the search where its events break off and do not come again', async () => {
	const breaking: RequestListener = (asked, reply) => {
		if (asked.headers['last-event-id']) return reply.destroy();
		reply.writeHead(200, { 'Content-Type': 'text/event-stream' });
		reply.write(`retry: 1\n\nid: x\nevent: progress\ndata: ${JSON.stringify(running)}\n\n`, () => reply.destroy());
	};
	const { states, asking } = await followed(without(breaking, []), LONG);
	expect(states).toEqual(['running', 'done']);
	expect(asking).toEqual([undefined]);
});
