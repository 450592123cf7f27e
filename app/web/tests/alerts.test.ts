import { expect, it } from 'vitest';
import { leadsTo, withCount } from '#lib/alerts/wording.ts';

const nothing = { topic_id: null, search_id: null, work_run_id: null };

it.each([
	[{ ...nothing, topic_id: 0 }, '/analysis?topic=0'],
	[{ ...nothing, search_id: 12 }, '/searches/12'],
	[{ ...nothing, work_run_id: 3 }, '/runs'],
	[nothing, null]
])('leads to what it is of: %j', (alert, address) => {
	expect(leadsTo(alert)).toBe(address);
});

it('tells how many have not been seen', () => {
	expect([0, 3, 99, 100].map(withCount)).toEqual(['Alerts', 'Alerts (3)', 'Alerts (99)', 'Alerts (99+)']);
});
