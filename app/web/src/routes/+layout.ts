// Every page needs the reader's session, so nothing can be rendered before the browser runs it.
export const ssr = false;
export const prerender = false;
