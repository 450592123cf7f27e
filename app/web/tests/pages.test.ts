import { expect, it } from 'vitest';
import { wholeList } from '#lib/api/pages.ts';

it('asks for a list until its last page', async () => {
	const asked: string[] = [];
	const ask = (path: string) => {
		asked.push(path);
		return Promise.resolve(path === '/notes' ? { items: [1, 2], next: 'WzJd+/' } : { items: [3], next: null });
	};
	expect(await wholeList<number>('/notes', ask)).toEqual({ items: [1, 2, 3] });
	expect(asked).toEqual(['/notes', '/notes?cursor=WzJd%2B%2F']);
});

it('takes a page that fails for no short list', async () => {
	const ask = (path: string) =>
		path.includes('cursor') ? Promise.reject(new Error('away')) : Promise.resolve({ items: [1], next: 'x' });
	await expect(wholeList<number>('/notes', ask)).rejects.toThrow('away');
});
