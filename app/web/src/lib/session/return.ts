/** The sign-in page's address that leads back to `here` afterwards. */
export function signInAddress(here: string): string {
	if (here === '/' || here.startsWith('/sign-in')) return '/sign-in';
	return `/sign-in?next=${encodeURIComponent(here)}`;
}

/** Where to go after signing in: only ever a path of this site, whatever the address bar was made to say. */
export function returnPath(search: Pick<URLSearchParams, 'get'>): string {
	const next = search.get('next') ?? '/';
	const site = 'https://site.invalid';
	let target: URL;
	try {
		target = new URL(next, site);
	} catch {
		return '/';
	}
	if (!next.startsWith('/') || target.origin !== site) return '/';
	const path = target.pathname + target.search;
	return path.startsWith('//') || path.startsWith('/sign-in') ? '/' : path;
}
