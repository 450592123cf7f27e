"""One PubMed record: from its element to an article.

Sources: https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd and
https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html
"""

from collections.abc import Iterable

from lxml import etree

from primetime.articles import pubmed_lists as lists
from primetime.articles.identifiers import read_doi, read_pmid
from primetime.articles.markup import plain_text
from primetime.articles.pubmed_journal import Journal, date_of, read_journal
from primetime.articles.pubmed_plain_parts import NOTHING_TAKEN, TAKEN, PlainParts
from primetime.articles.record import (
    AbstractSection,
    Article,
    DeletedCitations,
    Details,
    OtherAbstract,
    PublicationDate,
    unique,
)


class MalformedError(Exception):
    """A record lacks what an article cannot be without."""


def read_record(root: etree._Element, taken: PlainParts = NOTHING_TAKEN) -> Article | DeletedCitations:
    """The article of a `PubmedArticle`, or the PMIDs of a `DeleteCitation`. Raises MalformedError.

    `taken`: the lists that were read before, from the record's text.
    """
    if root.tag == "DeleteCitation":
        return _deleted(root)
    if root.tag == "PubmedBookArticle":
        raise MalformedError("a book or a book's chapter, not an article")
    parts = _by_tag(root)
    citation = parts.get("MedlineCitation")
    fields = _by_tag(citation)
    if citation is None or "Article" not in fields:
        raise MalformedError("no MedlineCitation/Article")
    return _article(citation, fields, _by_tag(parts.get("PubmedData")), parts.get("PubmedData"), taken)


def _by_tag(element: etree._Element | None) -> dict[str, etree._Element]:
    """The children by tag; of those that share one, the last."""
    return {child.tag: child for child in element} if element is not None else {}


def _deleted(root: etree._Element) -> DeletedCitations:
    pmids: list[int] = []
    for element in root:
        pmid = read_pmid(plain_text(element))
        if pmid is None:
            raise MalformedError(f"{plain_text(element)[:30]!r} among the deleted citations is not a PMID")
        pmids.append(pmid)
    return DeletedCitations(pmids=tuple(pmids))


def _article(
    citation: etree._Element,
    fields: dict[str, etree._Element],
    data: dict[str, etree._Element],
    data_element: etree._Element | None,
    taken: PlainParts,
) -> Article:
    pmid, version = _identity(fields.get("PMID"))
    element = fields["Article"]
    article = _by_tag(element)
    journal = _journal(article.get("Journal"), taken)
    medline_journal = lists.journal_info(fields.get("MedlineJournalInfo"), taken.journal_info)
    sections, copyright_notice = _abstract(article.get("Abstract"))
    identifiers = [
        (item.get("IdType", ""), plain_text(item)) for item in data.get("ArticleIdList", ()) if item.text is not None
    ]
    by_kind = dict(reversed(identifiers))
    types = lists.publication_types(article.get("PublicationTypeList"), taken.publication_types)
    vernacular = plain_text(article.get("VernacularTitle"))
    return Article(
        pmid=pmid,
        version=version,
        title=plain_text(article.get("ArticleTitle")) or vernacular,
        abstract="\n".join(f"{part.label}: {part.text}" if part.label else part.text for part in sections),
        abstract_sections=sections,
        journal=journal.title,
        journal_abbreviation=journal.abbreviation or medline_journal.get("MedlineTA", ""),
        publication_date=_publication_date(journal.date, article.get("ArticleDate")),
        authors=lists.authors(article.get("AuthorList"), taken.authors),
        mesh=lists.mesh(fields.get("MeshHeadingList"), taken.mesh),
        publication_types=unique([name for _, name in types]),
        keywords=unique(plain_text(item) for listed in _all("KeywordList", fields, citation) for item in listed),
        doi=read_doi(by_kind.get("doi", "")) or _electronic_doi(element),
        pmc=by_kind.get("pmc") or None,
        languages=_texts("Language", article, element),
        owner=citation.get("Owner", ""),
        volume=journal.volume,
        issue=journal.issue,
        pages=_pages(article.get("Pagination")),
        details=Details(
            vernacular_title=vernacular,
            electronic_date=lists.day_of(article.get("ArticleDate")),
            publication_model=element.get("PubModel", ""),
            publication_status=plain_text(data.get("PublicationStatus")),
            status=citation.get("Status", ""),
            indexing_method=citation.get("IndexingMethod", ""),
            completed=lists.day_of(fields.get("DateCompleted"), taken.completed),
            revised=lists.day_of(fields.get("DateRevised"), taken.revised),
            journal_country=medline_journal.get("Country", ""),
            journal_issn=journal.issn,
            journal_issn_linking=medline_journal.get("ISSNLinking", ""),
            journal_nlm_id=medline_journal.get("NlmUniqueID", ""),
            copyright=copyright_notice,
            conflicts=plain_text(fields.get("CoiStatement")),
            authors_complete="AuthorList" not in article or article["AuthorList"].get("CompleteYN") != "N",
            publication_type_uis=unique([ui for ui, _ in types]),
            identifiers=tuple(one for one in identifiers if one[0] not in ("pubmed", "doi", "pmc")),
            citation_subsets=_texts("CitationSubset", fields, citation),
            gene_symbols=unique(plain_text(item) for item in fields.get("GeneSymbolList", ())),
            notes=unique(plain_text(item) for item in citation.iterchildren("GeneralNote", "SpaceFlightMission"))
            if "GeneralNote" in fields or "SpaceFlightMission" in fields
            else (),
            supplementary_concepts=lists.supplementary_concepts(fields.get("SupplMeshList")),
            chemicals=lists.chemicals(fields.get("ChemicalList"), taken.chemicals),
            grants=lists.grants(article.get("GrantList")),
            references=lists.references(data_element.iterchildren("ReferenceList"), taken.references)
            if data_element is not None and "ReferenceList" in data
            else (),
            corrections=lists.corrections(fields.get("CommentsCorrectionsList"), taken.corrections),
            history=lists.history(data.get("History"), taken.history),
            data_banks=lists.data_banks(article.get("DataBankList")),
            other_abstracts=_other_abstracts(citation) if "OtherAbstract" in fields else (),
            investigators=lists.authors(fields.get("InvestigatorList")),
            people=lists.authors(fields.get("PersonalNameSubjectList")),
        ),
    )


def _identity(element: etree._Element | None) -> tuple[int, int]:
    printed = plain_text(element)
    if element is None or not printed:
        raise MalformedError("no PMID")
    pmid = read_pmid(printed)
    if pmid is None:
        raise MalformedError(f"{printed[:30]!r} is not a PMID")
    version = element.get("Version", "1")
    if not (version.isascii() and version.isdigit() and len(version) <= 6):
        raise MalformedError(f"{version[:30]!r} is not a version of a PMID")
    return pmid, int(version)


def _all(tag: str, by_tag: dict[str, etree._Element], parent: etree._Element) -> Iterable[etree._Element]:
    """The children of `parent` with this tag. Going through them again is for those with more than one of a tag."""
    if tag not in by_tag:
        return ()
    return (by_tag[tag],) if len(by_tag) == len(parent) else parent.iterchildren(tag)


def _texts(tag: str, by_tag: dict[str, etree._Element], parent: etree._Element) -> tuple[str, ...]:
    return unique([plain_text(child) for child in _all(tag, by_tag, parent)])


def _journal(element: etree._Element | None, taken: PlainParts) -> Journal:
    if element is None:
        return Journal()
    return taken.journal if element.text == TAKEN else read_journal(element)


def _abstract(element: etree._Element | None) -> tuple[tuple[AbstractSection, ...], str]:
    """The sections that have a text, and the notice of copyright."""
    sections: list[AbstractSection] = []
    copyright_notice = ""
    for child in element if element is not None else ():
        text = plain_text(child)
        if child.tag == "AbstractText" and text:
            sections.append(AbstractSection(label=(child.get("Label") or "").strip(), text=text))
        elif child.tag == "CopyrightInformation":
            copyright_notice = copyright_notice or text
    return tuple(sections), copyright_notice


def _other_abstracts(citation: etree._Element) -> tuple[OtherAbstract, ...]:
    return tuple(
        OtherAbstract(
            language=item.get("Language", ""),
            kind=item.get("Type", ""),
            text="\n".join(plain_text(text) for text in item.iterchildren("AbstractText")),
        )
        for item in citation.iterchildren("OtherAbstract")
    )


def _publication_date(issue: PublicationDate, electronic: etree._Element | None) -> PublicationDate:
    """The issue's date; the electronic publication's where the issue has none that can be read."""
    if issue.first is not None or electronic is None:
        return issue
    found = date_of(electronic)
    return found if found.first is not None or not issue.printed else issue


def _pages(pagination: etree._Element | None) -> str:
    fields = lists.texts(pagination)
    first, last = fields.get("StartPage", ""), fields.get("EndPage", "")
    return fields.get("MedlinePgn") or (f"{first}-{last}" if last else first)


def _electronic_doi(article: etree._Element) -> str | None:
    for element in article.iterchildren("ELocationID"):
        if element.get("EIdType") == "doi" and element.get("ValidYN") != "N":
            return read_doi(plain_text(element))
    return None
