"""The JSON of keywords, queries and searches."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from primetime.api.shapes import Day, Name, Shape, Summary
from primetime.keywords.concepts import MOST_TERMS
from primetime.keywords.query import LONGEST_TERM, Concept, Limits, Term
from primetime.keywords.query import Field as QueryField

Text = Annotated[str, Field(max_length=LONGEST_TERM)]


class KeywordOut(Shape):
    text: str
    score: float
    origin: str  # idea, mesh or keyword


class HeadingOut(Shape):
    name: str
    score: float
    articles: int
    entry_terms: list[str]
    entry_terms_known: bool  # false: MeSH could not be asked, there may be others or none


class TermBody(BaseModel):
    text: Text
    field: QueryField = "tiab"
    on: bool = True


class ConceptBody(BaseModel):
    name: Text
    terms: list[TermBody] = Field(max_length=MOST_TERMS)

    def as_concept(self) -> Concept:
        return Concept(name=self.name, terms=tuple(Term(**term.model_dump()) for term in self.terms))


class LimitsBody(BaseModel):
    first: Day | None = None
    last: Day | None = None
    publication_types: list[Text] = Field(default=[], max_length=50)
    languages: list[Text] = Field(default=[], max_length=50)

    def as_limits(self) -> Limits:
        return Limits(
            first=self.first,
            last=self.last,
            publication_types=tuple(self.publication_types),
            languages=tuple(self.languages),
        )


class SuggestionsOut(Shape):
    idea: str
    keywords: list[KeywordOut]
    mesh: list[HeadingOut]
    concepts: list[ConceptBody]  # how they may be put together: the first two on, the others off
    nearest: int
    pubmed: str  # empty, or why PubMed could not be asked for its own translation


class QueryBody(BaseModel):
    concepts: list[ConceptBody] = Field(min_length=1, max_length=20)
    limits: LimitsBody = LimitsBody()


class TextQueryBody(BaseModel):
    query: str = Field(min_length=1, max_length=20_000)


class ConceptCountOut(Shape):
    name: str
    count: int


class RelaxationOut(Shape):
    dropped: list[str]  # names of concepts, or parts of a written query; "limits" for the limits
    count: int
    query: str
    concepts: list[ConceptBody]  # none of a written query
    limits: LimitsBody


class TranslationOut(Shape):
    words: str
    meaning: str


class CountOut(Shape):
    query: str
    count: int
    understood: str
    not_found: list[str]
    translations: list[TranslationOut]
    concepts: list[ConceptCountOut]
    relaxations: list[RelaxationOut]
    spelling: str | None  # what PubMed would write instead
    spelling_problem: str  # empty, or why PubMed could not be asked for it


class SearchBody(BaseModel):
    """A query as text, or concepts that it is made from."""

    query: str = Field(default="", max_length=20_000)
    concepts: list[ConceptBody] = Field(default=[], max_length=20)
    limits: LimitsBody = LimitsBody()
    idea: str = Field(default="", max_length=1_000)
    max_results: int = Field(default=100, ge=1, le=10_000)


class SearchOut(Shape):
    id: int
    idea: str
    keywords: str
    query: str
    concepts: list[dict[str, Any]]
    limits: dict[str, Any]
    max_results: int
    state: str
    step: str
    articles_found: int | None
    query_understood: str
    beyond_reach: int
    planned: int
    fetched: int
    new: int
    unavailable: int
    embedded: int
    scored: int
    seconds_left: float | None  # of fetching and encoding, without the citations; null: not known
    problem: str
    scores: dict[str, Any] | None
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    requested_by: str | None
    requested_by_id: int | None  # null: nobody's, for everybody to change
    saved_search_id: int | None


class SearchPage(Shape):
    items: list[SearchOut]
    total: int
    page: int | None  # null on a page that was asked for by cursor
    page_size: int
    next: str | None  # `cursor` of the next page; null: this is the last


class CitationsOut(Shape):
    source: str
    citations: int | None  # null: the source does not know the article
    by_year: list[dict[str, int]] | None
    relative_citation_ratio: float | None
    percentile: float | None
    looked_up_at: datetime  # of the count
    ratio_told_at: datetime
    by_year_told_at: datetime


class SearchedArticle(Summary):
    rank: int
    similarity: float | None
    is_new: bool
    citations: list[CitationsOut]


class SearchedPage(Shape):
    items: list[SearchedArticle]
    total: int
    page: int | None  # null on a page that was asked for by cursor
    page_size: int
    next: str | None  # `cursor` of the next page; null: this is the last


class UnavailableOut(Shape):
    pmid: int
    rank: int
    problem: str


class UnavailableList(Shape):
    items: list[UnavailableOut]
    next: str | None  # `cursor` of the next page; null: this is the last


class ComparedArticle(Summary):
    rank_in_one: int | None
    rank_in_other: int | None


class Comparison(Shape):
    one: int
    other: int
    only_one: int
    only_other: int
    both: int
    items: list[ComparedArticle]  # the first hundred of each kind


class SaveBody(BaseModel):
    search_id: int = Field(ge=1, le=2**63 - 1)
    name: Name
    every_days: int = Field(default=7, ge=1, le=366)


class SavedChange(BaseModel):
    name: Name | None = None
    every_days: int | None = Field(default=None, ge=1, le=366)


class SavedOut(Shape):
    id: int
    name: str
    every_days: int
    created_at: datetime
    saved_by: str | None
    saved_by_id: int | None  # null: nobody's, for everybody to change
    runs: int
    newest_search_id: int | None
    newest_state: str | None
    query: str | None
    last_run_at: datetime | None
    newest_done_id: int | None
    articles_found: int | None
    due_at: datetime | None
    new_since: int | None


class SavedList(Shape):
    items: list[SavedOut]
    next: str | None  # `cursor` of the next page; null: this is the last


class SavedNew(Shape):
    saved: SavedOut
    items: list[Summary]


class MailOut(Shape):
    set_up: bool = Field(description="whether this platform sends e-mail at all")
    wanted: bool
    address: str = Field(description="the account's, to which it is sent")
    sent_at: datetime | None = Field(description="the newest e-mail; null: none, or it waits")
    problem: str = Field(description="why the newest could not be sent until now; empty: nothing")


class SearchStarted(Shape):
    search_id: int
