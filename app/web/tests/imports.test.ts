import { expect, it } from 'vitest';
import { told } from '#lib/articles/imports.ts';
import type { FileImport } from '#lib/articles/types.ts';

const report = { new: 2, updated: 0, unchanged: 0, wanted: 0, skipped: 1, deleted: 0, duplicates: 1, problems: ['record 2'] };
const item: FileImport = {
	id: 1,
	file_name: 'a.ris',
	format: 'RIS',
	bytes: 9,
	state: 'done',
	requested_at: '2026-01-01T00:00:00Z',
	finished_at: null,
	records_read: 3,
	report,
	failure: null,
	remedy: null
};

it.each([
	[item, '3 records: 2 new, 1 skipped, 1 found to be duplicates.'],
	[{ ...item, state: 'waiting', report: null }, 'Waiting for its turn.'],
	[{ ...item, state: 'running', report: null }, '3 records read so far.'],
	[{ ...item, state: 'failed', report: null, failure: 'it is empty', remedy: 'export it again' }, 'it is empty; export it again']
] as [FileImport, string][])('an import is told as it stands', (given, says) => {
	expect(told(given)).toBe(says);
});
