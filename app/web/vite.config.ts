import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

// The address `primetime serve` listens on; only `npm run dev` uses it.
const developmentApi = process.env.PRIMETIME_PUBLIC_URL ?? 'http://127.0.0.1:8000';

export default defineConfig({
	plugins: [
		sveltekit({
			adapter: adapter({ fallback: 'index.html' }),
			// A release carries one id for all its parts; a timestamp here would make equal sources build unequal sites.
			version: { name: process.env.PRIMETIME_RELEASE_ID ?? 'development' },
			csp: {
				mode: 'hash',
				directives: {
					'default-src': ['none'],
					'script-src': ['self'],
					'style-src': ['self'],
					// SvelteKit hides its announcer of new pages, for screen readers, by a style attribute: this is its hash.
					'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
					'img-src': ['self', 'data:'],
					'font-src': ['self'],
					'connect-src': ['self'],
					'base-uri': ['none'],
					'form-action': ['self']
				}
			}
		})
	],
	server: { proxy: { '/api': developmentApi } },
	// Browsers have EventSource; Node.js has it where it is asked for.
	test: { include: ['tests/**/*.test.ts'], execArgv: ['--experimental-eventsource'] }
});
