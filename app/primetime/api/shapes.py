"""The JSON that the interface answers with."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from primetime.visible_text import is_blank


def _shown(text: str) -> str:
    if is_blank(text):
        raise ValueError("nothing of it can be seen")
    return text


# A text that somebody gives and reads again: without the blanks around it, it shows something.
Visible = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_shown)]
Name = Annotated[Visible, Field(max_length=200)]


def _text(day: object) -> object:
    if isinstance(day, int | float):
        raise ValueError("write it as 2026-11-30")
    return day


# A number would be read as seconds since 1970.
Day = Annotated[date, BeforeValidator(_text)]


class Shape(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class TopicName(Shape):
    id: int
    name: str


class Summary(Shape):
    pmid: int
    title: str
    excerpt: str
    journal: str
    year: int | None
    date_printed: str
    authors: list[str]
    publication_types: list[str]
    topic: TopicName | None
    made_up: bool
    retracted: bool


class RankedSummary(Summary):
    similarity: float | None  # null: found by its words, and not encoded yet


class EarlierVersionOut(Shape):
    version: int
    title: str
    reason: str
    ended_at: datetime


class CitationsOut(Shape):
    source: str  # icite, openalex, crossref
    citations: int | None  # null: the source does not know the article
    by_year: list[dict[str, int]] | None
    relative_citation_ratio: float | None
    percentile: float | None
    looked_up_at: datetime  # of the count
    ratio_told_at: datetime
    by_year_told_at: datetime


class ArticleDetail(Summary):
    has_pmid: bool  # false: `pmid` is a number of the platform's own and must not be shown as a PMID
    version: int  # PubMed's; below 1 for a record that came from elsewhere
    abstract: str
    abstract_sections: list[dict[str, Any]]
    authors_full: list[dict[str, Any]]
    mesh: list[dict[str, Any]]
    keywords: list[str]
    doi: str | None
    pmc: str | None
    languages: list[str]
    journal_abbreviation: str
    volume: str
    issue: str
    pages: str
    details: dict[str, Any]
    duplicate_of: int | None
    duplicates: list[int]  # the articles that this one stands for
    earlier_versions: list[EarlierVersionOut]
    citations: list[CitationsOut]
    imported_at: datetime
    updated_at: datetime


class ArticlePage(Shape):
    items: list[Summary]
    total: int | None  # null on a page that was asked for by cursor
    total_is_estimate: bool  # there are about so many: counting them would take long
    page: int | None
    page_size: int
    next: str | None  # the cursor of the page after this; null: this is the last


class RankedList(Shape):
    items: list[RankedSummary]


class Model(Shape):
    source: str
    hash: str
    dimension: int


class SearchResult(Shape):
    query: str
    items: list[RankedSummary]
    model: Model
    milliseconds: float


class RunOut(Shape):
    id: int
    started_at: datetime
    finished_at: datetime
    model_hash: str
    release_id: str
    articles: int
    topics: int
    parameters: dict[str, Any]
    status: str


class YearCount(Shape):
    year: int
    articles: int


class JournalCount(Shape):
    name: str
    articles: int


class Dashboard(Shape):
    articles: int
    with_abstract: int
    embedded: int
    made_up: int
    years: list[YearCount]
    journals: list[JournalCount]
    topics: int
    model: Model | None
    last_analysis: RunOut | None
    release_id: str


class ChangeOut(Shape):
    run_id: int
    finished_at: datetime
    kind: str  # born, split, merged, died
    topic_key: int
    topic_name: str
    other_key: int | None  # what it split from or was merged into
    other_name: str | None
    share: float | None


class TopicOut(Shape):
    id: int
    name: str
    terms: list[str]
    articles: int
    x: float
    y: float
    growth: float | None
    years: list[YearCount]
    forecast: dict[str, Any]
    opportunity: dict[str, Any]
    key: int | None  # its number from analysis to analysis
    stability: float | None  # agreement with what is found among 80 % of the articles; null: not measured
    agreement: float | None
    theme: int | None


class TopicList(Shape):
    run: RunOut
    items: list[TopicOut]
    changes: list[ChangeOut]  # since the analysis before


class TopicDetail(TopicOut):
    representative: list[Summary]
    recommendation: str
    receipt: dict[str, Any] | None
    months: dict[str, Any] | None  # papers a month: {counts, forecast}; None in runs of older releases
    citations: dict[str, Any] | None  # citations a year: {counts, known, forecast}
    history: list[ChangeOut]


class OpportunityOut(Shape):
    topic_id: int
    name: str
    articles: int
    score: float
    label: str
    low: float | None
    high: float | None
    novelty: float
    velocity: float
    recency: float
    recommendation: str
    receipt: dict[str, Any]


class WithoutScore(Shape):
    topic_id: int
    name: str
    articles: int
    reason: str


class OpportunityList(Shape):
    run: RunOut
    weights: dict[str, float]
    items: list[OpportunityOut]
    refused: list[WithoutScore]  # topics without a score, largest first


class SessionOut(Shape):
    id: int | None  # the account; null for a visitor
    email: str
    name: str
    role: str


class JobOut(Shape):
    job_id: int
    status: str
    attempts: int
    requested_at: datetime | None
    finished_at: datetime | None


class AnalysisList(Shape):
    items: list[RunOut]
    jobs: list[JobOut]


class JobAccepted(Shape):
    job_id: int


class SearchAnalysisOut(Shape):
    scope: str  # by which the topics, the map and the opportunities are asked for
    run: RunOut | None  # the newest published analysis of it
    job: JobOut | None  # the newest that was asked for from the page; forgotten after 14 days
    step: str | None  # what it is at
    steps_done: int
    steps: int
    cause: str  # why the newest failed


class Vectors(Shape):
    model: Model
    dimension: int
    vectors: list[list[float]]
    cut: int


class WorkStepOut(Shape):
    name: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    cause: str
    amount: int
    counts: dict[str, Any]
    cpu_seconds: float | None
    peak_memory: int | None  # bytes


class WorkRunOut(Shape):
    id: int
    kind: str
    scope: str  # everything, or the name of what was analysed by itself
    asked_by: str
    release_id: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    cause: str
    steps: list[WorkStepOut]


class WorkRunList(Shape):
    items: list[WorkRunOut]


class AlertOut(Shape):
    id: int
    at: datetime
    kind: str  # topic born, topic merged, topic rising, new papers, run failed
    title: str
    detail: str
    seen: bool
    topic_id: int | None  # in the newest analysis of everything
    search_id: int | None
    work_run_id: int | None


class AlertList(Shape):
    items: list[AlertOut]
    unseen: int  # in all


class BacktestOut(Shape):
    id: int
    made_at: datetime
    model_hash: str
    release_id: str
    articles: int
    parameters: dict[str, Any]
    result: dict[str, Any]


class NeedSource(Shape):
    title: str
    journal: str
    year: int | None


class NeedOut(Shape):
    pmid: int
    sentence: str
    source: NeedSource


class GapsOut(Shape):
    idea: str
    model: Model
    articles: int
    left_out: Annotated[int, Field(description="of them retracted, or notices about another article: not read")]
    farthest: float
    years: Annotated[list[int], Field(min_length=2, max_length=2)] | None
    prior_work: list[RankedSummary]
    concepts: dict[str, Any]
    evidence: dict[str, Any]
    needs: list[NeedOut]
    leaders: dict[str, Any]
