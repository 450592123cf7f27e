"""A saved search that finds more than it may fetch, run again over the stand-in."""

from collections.abc import Callable
from datetime import date

import psycopg

from primetime.searches.record import Search
from primetime.searches.saved import find_saved, new_in_run, run_again, save_search
from primetime.searches.storing import results_of

Plan = Callable[..., int]
Run = Callable[[int], Search]
LAST_RUN = date(2020, 3, 2)


def pmids(connection: psycopg.Connection, search: Search) -> list[int]:
    return [result.pmid for result in results_of(connection, search.id, limit=100)[0]]


def test_what_came_since_the_last_run_is_planned_after_the_most_relevant(
    connection: psycopg.Connection, plan: Plan, run: Run
) -> None:
    first = run(plan("asthma", 5))
    saved_id = save_search(connection, first.id, name="asthma", every_days=7)
    connection.execute("UPDATE searches SET requested_at = %s", (LAST_RUN,))
    (again_id,) = run_again(connection, saved_id)
    connection.commit()
    again = run(again_id)
    assert (first.planned, again.articles_found) == (5, first.articles_found)
    assert pmids(connection, again)[:5] == pmids(connection, first)
    came = pmids(connection, again)[5:]
    assert 0 < len(came) <= 5
    # The made-up records came when they were published.
    dates = connection.execute("SELECT min(publication_date) FROM articles WHERE pmid = ANY (%s)", (came,)).fetchone()
    assert dates is not None
    assert dates[0] >= date(2020, 3, 1)
    assert new_in_run(connection, again.id) == came
    assert find_saved(connection, saved_id).new_since == len(came)

    # A run that failed has told nobody, and a search that is not saved has no run before.
    connection.execute("UPDATE searches SET state = 'failed' WHERE id = %s", (again.id,))
    (third_id,) = run_again(connection, saved_id)
    connection.commit()
    assert pmids(connection, run(third_id))[5:] == came
    assert run(plan("asthma", 5)).planned == 5
