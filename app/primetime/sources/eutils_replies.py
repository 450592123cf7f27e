"""Reading what E-utilities reply: XML with a document type, which is never put in force."""

from dataclasses import dataclass

from lxml import etree

from primetime.articles.identifiers import read_pmid
from primetime.sources.transport import BadReplyError


@dataclass(frozen=True, kw_only=True)
class Translation:
    """What PubMed reads in words without a field: From heart attack, To "myocardial infarction"[MeSH Terms] OR …"""

    words: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """An ESearch reply."""

    count: int  # of all that match, not of `pmids`
    pmids: tuple[int, ...]
    query: str  # as PubMed understood it
    translations: tuple[Translation, ...]
    not_found: tuple[str, ...]  # phrases and fields that PubMed does not know
    web_env: str = ""  # where the history server keeps the result; empty when it was not asked to
    query_key: str = ""


@dataclass(frozen=True, kw_only=True)
class History:
    """A list of articles that NCBI's history server keeps for some hours."""

    web_env: str
    query_key: str


def read_search(body: bytes) -> Found:
    """Raises BadReplyError for what is no ESearch result, or one that is only an error."""
    root = parse(body, "eSearchResult")
    count = _text(root, "Count")
    if not count.isdigit():
        raise BadReplyError(f"its search has no count: {_text(root, 'ERROR') or 'no reason given'}")
    errors = root.find("ErrorList")
    return Found(
        count=int(count),
        pmids=tuple(pmid for one in root.iterfind("IdList/Id") if (pmid := read_pmid(one.text or "")) is not None),
        query=_text(root, "QueryTranslation"),
        translations=tuple(
            Translation(words=_text(one, "From"), meaning=_text(one, "To"))
            for one in root.iterfind("TranslationSet/Translation")
        ),
        not_found=tuple((one.text or "").strip() for one in errors) if errors is not None else (),
        web_env=_text(root, "WebEnv"),
        query_key=_text(root, "QueryKey"),
    )


def read_post(body: bytes) -> History:
    """Raises BadReplyError for what is no EPost result."""
    root = parse(body, "ePostResult")
    history = History(web_env=_text(root, "WebEnv"), query_key=_text(root, "QueryKey"))
    if not history.web_env or not history.query_key:
        raise BadReplyError(f"it kept no list: {_text(root, 'ERROR') or 'no reason given'}")
    return history


def read_spelling(body: bytes) -> str:
    """The corrected query; empty when there is nothing to correct. Raises BadReplyError."""
    return _text(parse(body, "eSpellResult"), "CorrectedQuery")


def parse(body: bytes, root_name: str) -> etree._Element:
    """The reply's root element. Entities are refused, no DTD is loaded and nothing is fetched.

    Raises BadReplyError when it is not well-formed, or another document than expected.
    """
    if b"<!ENTITY" in body:
        raise BadReplyError("it declares XML entities, which E-utilities never do")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise BadReplyError(f"it is not well-formed XML: {error.msg}") from error
    if root.tag != root_name:
        raise BadReplyError(f"it sent <{root.tag}> where <{root_name}> was expected")
    return root


def check_article_set(body: bytes) -> None:
    """Raise BadReplyError unless this is a whole PubmedArticleSet; its records are read elsewhere, each on its own."""
    if b"<PubmedArticleSet" not in body[:4096]:
        said = " ".join(body[:200].decode("utf-8", "replace").split())
        raise BadReplyError(f"it sent no articles: {said or 'nothing'}")
    if not body.rstrip().endswith((b"</PubmedArticleSet>", b"<PubmedArticleSet/>")):
        raise BadReplyError("its articles were cut short")


def _text(element: etree._Element, path: str) -> str:
    found = element.find(path)
    return "".join(map(str, found.itertext())).strip() if found is not None else ""
