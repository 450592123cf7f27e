import { describe, expect, it } from 'vitest';
import { asProblem, Problem, problemOf } from '#lib/api/problem.ts';

const JSON_PROBLEM = 'application/problem+json';

describe('a problem in words', () => {
	it('takes cause and remedy from problem+json', () => {
		const problem = problemOf(404, JSON_PROBLEM, '{"title":"Not Found","detail":"no analysis has run yet","remedy":"run one"}');
		expect(problem).toMatchObject({ message: 'No analysis has run yet.', remedy: 'Run one.', nothingThere: true });
	});

	it('falls back to the title', () => {
		expect(problemOf(409, JSON_PROBLEM, '{"title":"An analysis is running"}').message).toBe('An analysis is running.');
	});

	it("does not show a proxy's page", () => {
		const problem = problemOf(502, 'text/html', '<html>nginx</html>');
		expect(problem.message).toBe('The server could not answer (502).');
		expect(problem.remedy).toContain('try again');
	});

	it.each(['', 'null', '[]', '{"detail": {"loc": 1}}', '{broken'])('makes do with a body that says nothing: %j', (body) => {
		expect(problemOf(403, JSON_PROBLEM, body).message).toBe('Your account may not do this.');
		expect(problemOf(418, JSON_PROBLEM, body).message).toBe('The server refused the request (418).');
	});

	it('keeps a problem and tells any other failure', () => {
		const problem = new Problem(500, 'x');
		expect(asProblem(problem)).toBe(problem);
		expect(asProblem(new TypeError('no such thing')).message).toContain('no such thing');
	});
});
