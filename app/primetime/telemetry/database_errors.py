"""What may be told of a database error: its message in one line, since the lines that follow quote whole rows."""

import re
from collections.abc import Iterator

import psycopg

# PostgreSQL's messages name what is ours inline, and quote what was given at their end: `invalid input syntax: "…"`.
_VALUE = re.compile(r': ".*', re.DOTALL)


def without_values(error: BaseException) -> None:
    """Cut every database error among this one and those that it hangs together with to its message.

    In place: every way to print a traceback, and every trace, asks the errors themselves. `diag` stays as it is.
    """
    for one in _together(error, set()):
        if isinstance(one, psycopg.Error):
            first = one.diag.message_primary or str(one).strip().partition("\n")[0]
            one.args = (_VALUE.sub(': "…"', first),)


def _together(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for behind in (error.__cause__, error.__context__, *members):
        yield from _together(behind, seen)
