import { expect, it } from 'vitest';
import { returnPath, signInAddress } from '#lib/session/return.ts';

const back = (next: string) => returnPath(new URLSearchParams({ next }));

it('leads back to where the reader was', () => {
	const address = signInAddress('/articles?q=a&page=2');
	expect(returnPath(new URL(address, 'https://site.invalid').searchParams)).toBe('/articles?q=a&page=2');
});

it('asks for no way back to the beginning or to the sign-in page itself', () => {
	expect(signInAddress('/')).toBe('/sign-in');
	expect(signInAddress('/sign-in?next=%2Fanalysis')).toBe('/sign-in');
	expect(back('/sign-in?next=/x')).toBe('/');
	expect(returnPath(new URLSearchParams())).toBe('/');
});

it.each(['https://evil.example/', '//evil.example/x', '/\\evil.example', '/..//evil.example', 'javascript:alert(1)', '', 'articles', '/\t/evil.example'])(
	'never leads to another site: %j',
	(next) => {
		expect(back(next)).toBe('/');
	}
);
