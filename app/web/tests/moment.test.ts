import { expect, test } from 'vitest';
import { moment } from '#lib/people/moment.ts';

test('a moment names its day, and none is a dash', () => {
	expect(moment('2026-03-04T12:00:00Z')).toContain('2026');
	expect(moment(null)).toBe('–');
});
