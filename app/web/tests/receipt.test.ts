import { expect, it } from 'vitest';
import { receiptLines } from '#lib/wording/receipt.ts';

it('reads nested records as lines', () => {
	const receipt = { run_id: 4, weights: { novelty: 0.4 }, years: [2001, 2002], growth: 1 / 3, snapshot: null, complete: true };
	expect(receiptLines(receipt)).toEqual([
		{ name: 'run id', value: '4' },
		{ name: 'weights: novelty', value: '0.4' },
		{ name: 'years', value: '2001, 2002' },
		{ name: 'growth', value: '0.3333' },
		{ name: 'complete', value: 'yes' }
	]);
});

it('reads a sentence as it is and nothing as nothing', () => {
	expect(receiptLines('12 articles, model abc')).toEqual([{ name: 'made from', value: '12 articles, model abc' }]);
	expect(receiptLines(null)).toEqual([]);
	expect(receiptLines({ pmids: [] })).toEqual([]);
});
