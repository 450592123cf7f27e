"""Searches that are run again."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from primetime.accounts.people import require_owner
from primetime.api.pages import ListQuestion
from primetime.api.search_shapes import MailOut, SaveBody, SavedChange, SavedList, SavedNew, SavedOut, SearchStarted
from primetime.api.services import Connection, Reader, Researcher, ServicesOf
from primetime.api.summaries import with_topics
from primetime.articles.listing import summaries_of
from primetime.jobs.searching import enqueue_search
from primetime.mail import outbox
from primetime.searches import saved

router = APIRouter(prefix="/api/v1/saved-searches", tags=["saved searches"])
SavedId = Annotated[int, Path(ge=1, le=2**63 - 1)]
_SHOWN = 200


@router.get("")
def saved_searches(question: Annotated[ListQuestion, Query()], connection: Connection) -> SavedList:
    """Oldest first."""
    found = saved.saved_searches(connection, after=question.number(), limit=question.limit + 1)
    shown, following = question.page(found, lambda one: (one.id,))
    return SavedList(items=[SavedOut.model_validate(one) for one in shown], next=following)


@router.post("", status_code=201)
def save(asked: SaveBody, account: Researcher, connection: Connection) -> SavedOut:
    """Let a search be run again every so many days. 409 for one that is saved already."""
    saved_id = saved.save_search(
        connection, asked.search_id, name=asked.name, every_days=asked.every_days, account_id=account.id
    )
    return SavedOut.model_validate(saved.find_saved(connection, saved_id))


@router.patch("/{saved_id}")
def change(saved_id: SavedId, wanted: SavedChange, account: Researcher, connection: Connection) -> SavedOut:
    """403 for somebody else's."""
    require_owner(account, saved.owner_of_saved(connection, saved_id), f"saved search {saved_id}")
    changed = saved.change_saved(connection, saved_id, name=wanted.name, every_days=wanted.every_days)
    return SavedOut.model_validate(changed)


@router.delete("/{saved_id}", status_code=204)
def delete(saved_id: SavedId, account: Researcher, connection: Connection) -> Response:
    """It is not run again; the searches that it was stay. 403 for somebody else's."""
    require_owner(account, saved.owner_of_saved(connection, saved_id), f"saved search {saved_id}")
    saved.delete_saved(connection, saved_id)
    return Response(status_code=204)


@router.get("/{saved_id}/mail")
def mail(saved_id: SavedId, account: Reader, shared: ServicesOf, connection: Connection) -> MailOut:
    """Whether one is told by e-mail of what is new in it, and how the newest e-mail fared."""
    found = outbox.standing(connection, saved_id, account.id)
    return MailOut(
        set_up=bool(shared.settings.smtp_host),
        wanted=found.wanted,
        address=account.email,
        sent_at=found.sent_at,
        problem=found.problem,
    )


@router.put("/{saved_id}/mail", status_code=204)
def ask_for_mail(saved_id: SavedId, account: Reader, shared: ServicesOf, connection: Connection) -> Response:
    """Be told by e-mail of what is new in it. 400 where no e-mail is sent."""
    outbox.ask_for_mail(connection, shared.settings, saved_id, account.id)
    return Response(status_code=204)


@router.delete("/{saved_id}/mail", status_code=204)
def end_mail(saved_id: SavedId, account: Reader, connection: Connection) -> Response:
    """Be told no more."""
    outbox.end_mail(connection, saved_id, account.id)
    return Response(status_code=204)


@router.post("/{saved_id}/run", status_code=202)
def run(saved_id: SavedId, _account: Researcher, connection: Connection) -> SearchStarted:
    """Run it now, due or not. 409 while it runs."""
    planned = saved.run_again(connection, saved_id)
    for search_id in planned:
        enqueue_search(connection, search_id)
    return SearchStarted(search_id=planned[0])


@router.get("/{saved_id}/new")
def new(saved_id: SavedId, connection: Connection) -> SavedNew:
    """The articles of its newest finished run that no run before had (the first 200)."""
    found = saved.find_saved(connection, saved_id)
    pmids = saved.new_since(connection, found)[:_SHOWN]
    return SavedNew(
        saved=SavedOut.model_validate(found), items=with_topics(connection, summaries_of(connection, pmids))
    )
