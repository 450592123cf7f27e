import { expect, it } from 'vitest';
import { duration, found, memory, title, took } from '#lib/runs/wording.ts';

it.each([
	[0.42, '0.4 s'],
	[59.94, '59.9 s'],
	[59.97, '1 min 0 s'],
	[75, '1 min 15 s']
])('tells %d seconds as %s', (seconds, told) => {
	expect(duration(seconds)).toBe(told);
});

it('tells no duration of what has no end', () => {
	expect(took({ started_at: '2026-01-01T02:15:00Z', finished_at: null })).toBe('–');
	expect(took({ started_at: '2026-01-01T02:15:00Z', finished_at: '2026-01-01T02:15:09.5Z' })).toBe('9.5 s');
});

it('tells what was found, what it cost and who asked', () => {
	expect(found({ counts: { topics: 1234, 'in no topic': 0 }, cause: '' })).toBe('1,234 topics, 0 in no topic');
	expect(found({ counts: {}, cause: 'no model' })).toBe('no model');
	expect(memory(157286400)).toBe('150 MiB');
	expect(memory(null)).toBe('–');
	expect(title({ kind: 'night', scope: 'everything', asked_by: 'cron' })).toBe('The night’s work, by itself');
	expect(title({ kind: 'analysis', scope: 'search 12', asked_by: 'queue' })).toBe('Analysis of search 12, from the page or after a search');
	expect(title({ kind: 'other', scope: 'everything', asked_by: 'robot' })).toBe('other, robot');
});
