"""One PubMed record: from its element to an article.

Sources: https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd and
https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html
"""

from lxml import etree

from primetime.articles import pubmed_lists as lists
from primetime.articles.identifiers import read_doi, read_pmid
from primetime.articles.markup import plain_text
from primetime.articles.publication_date import read_publication_date
from primetime.articles.record import (
    AbstractSection,
    Article,
    DeletedCitations,
    Details,
    OtherAbstract,
    PublicationDate,
)


class MalformedError(Exception):
    """A record lacks what an article cannot be without."""


def read_record(root: etree._Element) -> Article | DeletedCitations:
    """The article of a `PubmedArticle`, or the PMIDs of a `DeleteCitation`. Raises MalformedError."""
    if root.tag == "DeleteCitation":
        return _deleted(root)
    if root.tag == "PubmedBookArticle":
        raise MalformedError("a book or a book's chapter, not an article")
    citation = data = None
    for child in root:
        if child.tag == "MedlineCitation":
            citation = child
        elif child.tag == "PubmedData":
            data = child
    fields = {child.tag: child for child in citation} if citation is not None else {}
    if citation is None or "Article" not in fields:
        raise MalformedError("no MedlineCitation/Article")
    return _article(citation, fields, {child.tag: child for child in data} if data is not None else {}, data)


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
) -> Article:
    pmid, version = _identity(fields.get("PMID"))
    article = {child.tag: child for child in fields["Article"]}
    journal = {child.tag: child for child in article.get("Journal", ())}
    issue = {child.tag: child for child in journal.get("JournalIssue", ())}
    medline_journal = lists.texts(fields.get("MedlineJournalInfo"))
    sections = _abstract_sections(article.get("Abstract"))
    identifiers = [
        (item.get("IdType", ""), plain_text(item)) for item in data.get("ArticleIdList", ()) if item.text is not None
    ]
    by_kind = dict(reversed(identifiers))
    types = list(article.get("PublicationTypeList", ()))
    vernacular = plain_text(article.get("VernacularTitle"))
    return Article(
        pmid=pmid,
        version=version,
        title=plain_text(article.get("ArticleTitle")) or vernacular,
        abstract="\n".join(f"{part.label}: {part.text}" if part.label else part.text for part in sections),
        abstract_sections=sections,
        journal=plain_text(journal.get("Title")),
        journal_abbreviation=plain_text(journal.get("ISOAbbreviation")) or medline_journal.get("MedlineTA", ""),
        publication_date=_publication_date(issue.get("PubDate"), article.get("ArticleDate")),
        authors=lists.authors(article.get("AuthorList")),
        mesh=lists.mesh(fields.get("MeshHeadingList")),
        publication_types=lists.unique(plain_text(item) for item in types),
        keywords=lists.unique(plain_text(item) for listed in citation.iterchildren("KeywordList") for item in listed),
        doi=read_doi(by_kind.get("doi", "")) or _electronic_doi(fields["Article"]),
        pmc=by_kind.get("pmc") or None,
        languages=lists.unique(plain_text(item) for item in fields["Article"].iterchildren("Language")),
        owner=citation.get("Owner", ""),
        volume=plain_text(issue.get("Volume")),
        issue=plain_text(issue.get("Issue")),
        pages=_pages(article.get("Pagination")),
        details=Details(
            vernacular_title=vernacular,
            electronic_date=lists.day_of(article.get("ArticleDate")),
            publication_model=fields["Article"].get("PubModel", ""),
            publication_status=plain_text(data.get("PublicationStatus")),
            status=citation.get("Status", ""),
            indexing_method=citation.get("IndexingMethod", ""),
            completed=lists.day_of(fields.get("DateCompleted")),
            revised=lists.day_of(fields.get("DateRevised")),
            journal_country=medline_journal.get("Country", ""),
            journal_issn=plain_text(journal.get("ISSN")),
            journal_issn_linking=medline_journal.get("ISSNLinking", ""),
            journal_nlm_id=medline_journal.get("NlmUniqueID", ""),
            copyright=_copyright(article.get("Abstract")),
            conflicts=plain_text(fields.get("CoiStatement")),
            authors_complete="AuthorList" not in article or article["AuthorList"].get("CompleteYN") != "N",
            publication_type_uis=lists.unique(item.get("UI", "") for item in types),
            identifiers=tuple(one for one in identifiers if one[0] not in ("pubmed", "doi", "pmc")),
            citation_subsets=lists.unique(plain_text(item) for item in citation.iterchildren("CitationSubset")),
            gene_symbols=lists.unique(plain_text(item) for item in fields.get("GeneSymbolList", ())),
            notes=lists.unique(plain_text(item) for item in citation.iterchildren("GeneralNote", "SpaceFlightMission")),
            supplementary_concepts=lists.supplementary_concepts(fields.get("SupplMeshList")),
            chemicals=lists.chemicals(fields.get("ChemicalList")),
            grants=lists.grants(article.get("GrantList")),
            references=lists.references(data_element.iterchildren("ReferenceList"))
            if data_element is not None and "ReferenceList" in data
            else (),
            corrections=lists.corrections(fields.get("CommentsCorrectionsList")),
            history=lists.history(data.get("History")),
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


def _abstract_sections(abstract: etree._Element | None) -> tuple[AbstractSection, ...]:
    if abstract is None:
        return ()
    sections = (
        AbstractSection(label=(item.get("Label") or "").strip(), text=plain_text(item))
        for item in abstract.iterchildren("AbstractText")
    )
    return tuple(section for section in sections if section.text)


def _copyright(abstract: etree._Element | None) -> str:
    return plain_text(abstract.find("CopyrightInformation")) if abstract is not None else ""


def _other_abstracts(citation: etree._Element) -> tuple[OtherAbstract, ...]:
    return tuple(
        OtherAbstract(
            language=item.get("Language", ""),
            kind=item.get("Type", ""),
            text="\n".join(plain_text(text) for text in item.iterchildren("AbstractText")),
        )
        for item in citation.iterchildren("OtherAbstract")
    )


def _publication_date(issue: etree._Element | None, electronic: etree._Element | None) -> PublicationDate:
    """The issue's date; the electronic publication's where the issue has none that can be read."""
    best = PublicationDate(printed="")
    for element in (issue, electronic):
        if element is None:
            continue
        fields = lists.texts(element)
        found = read_publication_date(
            year=fields.get("Year", ""),
            month=fields.get("Month", ""),
            day=fields.get("Day", ""),
            season=fields.get("Season", ""),
            medline_date=fields.get("MedlineDate", ""),
        )
        if found.first is not None:
            return found
        best = best if best.printed else found
    return best


def _pages(pagination: etree._Element | None) -> str:
    fields = lists.texts(pagination)
    first, last = fields.get("StartPage", ""), fields.get("EndPage", "")
    return fields.get("MedlinePgn") or (f"{first}-{last}" if last else first)


def _electronic_doi(article: etree._Element) -> str | None:
    for element in article.iterchildren("ELocationID"):
        if element.get("EIdType") == "doi" and element.get("ValidYN") != "N":
            return read_doi(plain_text(element))
    return None
