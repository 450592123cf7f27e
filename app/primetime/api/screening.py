"""Collections, screening marks and notes. What is somebody else's and not shared does not exist for others."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from primetime.api.articles import Pmid
from primetime.api.pages import ListQuestion, PageQuestion
from primetime.api.services import Connection, Reader
from primetime.api.shapes import Name, Shape, Summary, Visible
from primetime.api.summaries import with_topics
from primetime.articles.listing import summaries_of
from primetime.screening import collections, notes
from primetime.screening.collections import Mark
from primetime.screening.screened import screened

router = APIRouter(prefix="/api/v1", tags=["screening"])
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]
Description = Annotated[str, Field(max_length=5000)]
Text = Annotated[Visible, Field(max_length=20_000)]


class CollectionOut(Shape):
    id: int
    owner: str
    name: str
    description: str
    shared: bool
    created_at: datetime
    own: bool
    articles: int
    included: int  # these three by one's own marks
    excluded: int
    maybe: int


class CollectionList(Shape):
    items: list[CollectionOut]
    next: str | None  # `cursor` of the next page; null: this is the last


class CollectionWanted(BaseModel):
    name: Name
    description: Description = ""
    shared: bool = False


class CollectionChange(BaseModel):
    name: Name | None = None
    description: Description | None = None
    shared: bool | None = None


class ArticlesWanted(BaseModel):
    pmids: list[Number] = Field(min_length=1, max_length=10_000)


class ArticlesAdded(Shape):
    added: int  # the others are in it already, or not stored


class MarkOut(Shape):
    account: str
    own: bool
    mark: Mark
    reason: str


class MarkWanted(BaseModel):
    mark: Mark
    reason: str = Field(default="", max_length=1000)


class CollectedOut(Shape):
    pmid: int
    article: Summary | None  # null: no longer stored
    marks: list[MarkOut]


class CollectedPage(Shape):
    items: list[CollectedOut]
    total: int
    page: int | None  # null on a page that was asked for by cursor
    page_size: int
    next: str | None  # `cursor` of the next page; null: this is the last


class CollectedQuestion(BaseModel):
    """Which of a collection's articles, as query parameters; marks are one's own."""

    mark: Mark | None = None
    unmarked: bool = False
    disputed: bool = False
    q: str | None = Field(default=None, max_length=1000)
    sort: collections.Sort = "added"

    def as_shown(self) -> collections.Shown:
        text = self.q.replace("\0", "").strip() if self.q else None
        return collections.Shown(mark=self.mark, unmarked=self.unmarked, disputed=self.disputed, q=text or None)


class CollectedPageQuestion(PageQuestion, CollectedQuestion):
    page_size: int = Field(default=25, ge=1, le=200)


class HoldingOut(Shape):
    id: int
    name: str
    marks: list[MarkOut]


class ScreenedOut(Shape):
    pmid: int
    collections: list[HoldingOut]  # that hold it, and that one may see
    notes: int


class ScreenedList(Shape):
    items: list[ScreenedOut]


class NoteOut(Shape):
    id: int
    pmid: int
    title: str  # the article's; empty where it is no longer stored
    author: str
    own: bool
    text: str
    shared: bool
    created_at: datetime
    changed_at: datetime


class NoteList(Shape):
    items: list[NoteOut]
    next: str | None  # `cursor` of the next page; null: this is the last


class NoteWanted(BaseModel):
    text: Text
    shared: bool = False


class NoteChange(BaseModel):
    text: Text | None = None
    shared: bool | None = None


@router.get("/collections")
def all_collections(
    question: Annotated[ListQuestion, Query()], account: Reader, connection: Connection
) -> CollectionList:
    """One's own, and those that are shared, by name."""
    key = question.key(str, int)
    after = (str(key[0]), int(key[1])) if key else None
    found = collections.list_collections(connection, account.id, after=after, limit=question.limit + 1)
    shown, following = question.page(found, lambda one: (one.name, one.id))
    return CollectionList(items=[CollectionOut.model_validate(one) for one in shown], next=following)


@router.post("/collections", status_code=201)
def new_collection(wanted: CollectionWanted, account: Reader, connection: Connection) -> CollectionOut:
    made = collections.create_collection(connection, account.id, **wanted.model_dump())
    return CollectionOut.model_validate(made)


@router.get("/collections/{collection_id}")
def one_collection(collection_id: Id, account: Reader, connection: Connection) -> CollectionOut:
    return CollectionOut.model_validate(collections.find_collection(connection, account.id, collection_id))


@router.patch("/collections/{collection_id}")
def change_collection(
    collection_id: Id, wanted: CollectionChange, account: Reader, connection: Connection
) -> CollectionOut:
    changed = collections.change_collection(connection, account.id, collection_id, **wanted.model_dump())
    return CollectionOut.model_validate(changed)


@router.delete("/collections/{collection_id}", status_code=204)
def delete_collection(collection_id: Id, account: Reader, connection: Connection) -> Response:
    collections.delete_collection(connection, account.id, collection_id)
    return Response(status_code=204)


@router.get("/collections/{collection_id}/articles")
def collected(
    collection_id: Id, question: Annotated[CollectedPageQuestion, Query()], account: Reader, connection: Connection
) -> CollectedPage:
    """A page of them; `disputed` are those on which two reviewers differ."""
    found, total = collections.collected(
        connection,
        account.id,
        collection_id,
        question.as_shown(),
        sort=question.sort,
        limit=question.page_size,
        offset=question.offset(),
    )
    summaries = with_topics(connection, summaries_of(connection, [one.pmid for one in found]))
    stored = {summary.pmid: summary for summary in summaries}
    return CollectedPage(
        items=[
            CollectedOut(
                pmid=one.pmid,
                article=stored.get(one.pmid),
                marks=[MarkOut.model_validate(mark) for mark in one.marks],
            )
            for one in found
        ],
        total=total,
        page=question.number_shown,
        page_size=question.page_size,
        next=question.following(total),
    )


@router.post("/collections/{collection_id}/articles")
def add_articles(collection_id: Id, wanted: ArticlesWanted, account: Reader, connection: Connection) -> ArticlesAdded:
    return ArticlesAdded(added=collections.add_articles(connection, account.id, collection_id, wanted.pmids))


@router.delete("/collections/{collection_id}/articles/{pmid}", status_code=204)
def remove_article(collection_id: Id, pmid: Pmid, account: Reader, connection: Connection) -> Response:
    """403 for one that somebody else has added or decided on, unless the collection is one's own."""
    collections.remove_article(connection, account, collection_id, pmid)
    return Response(status_code=204)


@router.put("/collections/{collection_id}/articles/{pmid}/mark", status_code=204)
def put_mark(collection_id: Id, pmid: Pmid, wanted: MarkWanted, account: Reader, connection: Connection) -> Response:
    collections.put_mark(connection, account.id, collection_id, pmid, mark=wanted.mark, reason=wanted.reason)
    return Response(status_code=204)


@router.delete("/collections/{collection_id}/articles/{pmid}/mark", status_code=204)
def delete_mark(collection_id: Id, pmid: Pmid, account: Reader, connection: Connection) -> Response:
    collections.delete_mark(connection, account.id, collection_id, pmid)
    return Response(status_code=204)


@router.get("/screened")
def screened_articles(
    pmid: Annotated[list[Number], Query(min_length=1, max_length=200)], account: Reader, connection: Connection
) -> ScreenedList:
    """What people have made of each of these articles: the collections that hold it, their marks, and notes."""
    found = screened(connection, account.id, pmid)
    return ScreenedList(items=[ScreenedOut.model_validate(one) for one in found])


@router.get("/articles/{pmid}/notes")
def notes_of_article(
    pmid: Pmid, question: Annotated[ListQuestion, Query()], account: Reader, connection: Connection
) -> NoteList:
    """One's own, and those that are shared; oldest first."""
    return _notes(connection, account, question, pmid)


@router.post("/articles/{pmid}/notes", status_code=201)
def new_note(pmid: Pmid, wanted: NoteWanted, account: Reader, connection: Connection) -> NoteOut:
    made = notes.create_note(connection, account.id, pmid, text=wanted.text, shared=wanted.shared)
    return NoteOut.model_validate(made)


@router.get("/notes")
def all_notes(question: Annotated[ListQuestion, Query()], account: Reader, connection: Connection) -> NoteList:
    """One's own, and those that are shared; oldest first."""
    return _notes(connection, account, question)


@router.patch("/notes/{note_id}")
def change_note(note_id: Id, wanted: NoteChange, account: Reader, connection: Connection) -> NoteOut:
    changed = notes.change_note(connection, account.id, note_id, text=wanted.text, shared=wanted.shared)
    return NoteOut.model_validate(changed)


@router.delete("/notes/{note_id}", status_code=204)
def delete_note(note_id: Id, account: Reader, connection: Connection) -> Response:
    notes.delete_note(connection, account.id, note_id)
    return Response(status_code=204)


def _notes(connection: Connection, account: Reader, question: ListQuestion, pmid: int | None = None) -> NoteList:
    found = notes.list_notes(connection, account.id, pmid, after=question.number(), limit=question.limit + 1)
    shown, following = question.page(found, lambda note: (note.id,))
    return NoteList(items=[NoteOut.model_validate(note) for note in shown], next=following)
