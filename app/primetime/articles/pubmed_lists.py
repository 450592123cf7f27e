"""The lists of a PubMed record: authors, MeSH, chemicals, grants, references, notices, history.

Each function takes the list's element, or None where the record has none, and walks it once: looking fields up by
path costs more than all the rest of reading. Where a list's items have been taken from the record's text before it
was parsed, `taken` is what they are.
"""

from collections.abc import Iterable, Mapping

from lxml import etree

from primetime.articles.identifiers import read_doi, read_orcid, read_pmc, read_pmid
from primetime.articles.markup import plain_text
from primetime.articles.pubmed_plain_parts import TAKEN
from primetime.articles.record import (
    Author,
    Chemical,
    Correction,
    DataBank,
    Grant,
    HistoryDate,
    MeshHeading,
    MeshQualifier,
    Reference,
    SupplementaryConcept,
    unique,
)


def authors(listed: etree._Element | None, taken: tuple[Author, ...] = ()) -> tuple[Author, ...]:
    """Authors, investigators or the persons an article is about; misprinted names (ValidYN="N") left out."""
    if listed is None:
        return ()
    if listed.text == TAKEN:
        return taken
    # The corrected name stands beside the misprinted one.
    read = [_author(element) for element in listed if element.get("ValidYN") != "N"]
    return tuple(author for author in read if author.last_name or author.fore_name or author.collective_name)


def _author(element: etree._Element) -> Author:
    last_name = fore_name = initials = suffix = collective_name = orcid = None
    affiliations: list[str] = []
    for child in element:
        tag = child.tag
        if tag == "LastName":
            last_name = plain_text(child) or None
        elif tag == "ForeName":
            fore_name = plain_text(child) or None
        elif tag == "Initials":
            initials = plain_text(child) or None
        elif tag == "AffiliationInfo":
            affiliations += [plain_text(item) for item in child if item.tag == "Affiliation"]
        elif tag == "Affiliation":  # before 2013 an author had one, bare
            affiliations.append(plain_text(child))
        elif tag == "CollectiveName":
            collective_name = plain_text(child) or None
        elif tag == "Suffix":
            suffix = plain_text(child) or None
        elif tag == "Identifier" and child.get("Source") == "ORCID":
            orcid = read_orcid(plain_text(child)) or orcid
    return Author(
        last_name=last_name,
        fore_name=fore_name,
        initials=initials,
        suffix=suffix,
        collective_name=collective_name,
        orcid=orcid,
        affiliations=unique(affiliations) if affiliations else (),
        equal_contribution=element.get("EqualContrib") == "Y",
    )


def mesh(listed: etree._Element | None, taken: tuple[MeshHeading, ...] = ()) -> tuple[MeshHeading, ...]:
    if listed is None:
        return ()
    if listed.text == TAKEN:
        return taken
    read = [_heading(element) for element in listed]
    return tuple(heading for heading in read if heading.name)


def _heading(element: etree._Element) -> MeshHeading:
    ui = name = kind = ""
    major = False
    qualifiers: list[MeshQualifier] = []
    for child in element:
        is_major = child.get("MajorTopicYN") == "Y"
        major = major or is_major
        if child.tag == "DescriptorName":
            ui, name, kind = child.get("UI", ""), plain_text(child), child.get("Type", "")
        elif child.tag == "QualifierName":
            qualifiers.append(MeshQualifier(ui=child.get("UI", ""), name=plain_text(child), major=is_major))
    return MeshHeading(ui=ui, name=name, major=major, qualifiers=tuple(qualifiers), kind=kind)


def supplementary_concepts(listed: etree._Element | None) -> tuple[SupplementaryConcept, ...]:
    if listed is None:
        return ()
    return tuple(
        SupplementaryConcept(ui=item.get("UI", ""), name=plain_text(item), kind=item.get("Type", "")) for item in listed
    )


def chemicals(listed: etree._Element | None, taken: tuple[Chemical, ...] = ()) -> tuple[Chemical, ...]:
    if listed is None:
        return ()
    if listed.text == TAKEN:
        return taken
    found: list[Chemical] = []
    for element in listed:
        number = ui = name = ""
        for child in element:
            if child.tag == "RegistryNumber":
                number = plain_text(child)
            elif child.tag == "NameOfSubstance":
                ui, name = child.get("UI", ""), plain_text(child)
        found.append(Chemical(registry_number=number, ui=ui, name=name))
    return tuple(found)


def grants(listed: etree._Element | None) -> tuple[Grant, ...]:
    if listed is None:
        return ()
    found: list[Grant] = []
    for element in listed:
        fields = texts(element)
        found.append(
            Grant(
                number=fields.get("GrantID", ""),
                acronym=fields.get("Acronym", ""),
                agency=fields.get("Agency", ""),
                country=fields.get("Country", ""),
            )
        )
    return tuple(found)


def data_banks(listed: etree._Element | None) -> tuple[DataBank, ...]:
    if listed is None:
        return ()
    return tuple(
        DataBank(
            name=plain_text(element.find("DataBankName")),
            accession_numbers=unique(plain_text(item) for item in element.iter("AccessionNumber")),
        )
        for element in listed
    )


def corrections(listed: etree._Element | None, taken: tuple[Correction, ...] = ()) -> tuple[Correction, ...]:
    if listed is None:
        return ()
    if listed.text == TAKEN:
        return taken
    found: list[Correction] = []
    for element in listed:
        source = note = ""
        pmid = None
        for child in element:
            if child.tag == "RefSource":
                source = plain_text(child)
            elif child.tag == "PMID":
                pmid = read_pmid(plain_text(child))
            elif child.tag == "Note":
                note = plain_text(child)
        found.append(Correction(kind=element.get("RefType", ""), source=source, pmid=pmid, note=note))
    return tuple(found)


def references(listed: Iterable[etree._Element], taken: tuple[Reference, ...]) -> tuple[Reference, ...]:
    """The works cited, of all `ReferenceList`s of a record; PubMed nests them as articles nest their sections."""
    found: list[Reference] = []
    for element in listed:
        if element.text == TAKEN:
            found += taken
        else:
            found += [_reference(item) for item in element.iter("Reference")]
    return tuple(found)


def _reference(element: etree._Element) -> Reference:
    citation = ""
    pmid, doi, pmc = None, None, None
    for child in element:
        if child.tag == "Citation":
            citation = plain_text(child)
        elif child.tag == "ArticleIdList":
            for identifier in child:
                kind = identifier.get("IdType")
                if kind == "pubmed":
                    pmid = read_pmid(plain_text(identifier))
                elif kind == "doi":
                    doi = read_doi(plain_text(identifier))
                elif kind in ("pmc", "pmcid"):
                    pmc = read_pmc(plain_text(identifier))
    return Reference(citation=citation, pmid=pmid, doi=doi, pmc=pmc)


def publication_types(listed: etree._Element | None, taken: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """UI and name of each."""
    if listed is None:
        return ()
    if listed.text == TAKEN:
        return taken
    return tuple((item.get("UI", ""), plain_text(item)) for item in listed)


def history(listed: etree._Element | None, taken: tuple[HistoryDate, ...] = ()) -> tuple[HistoryDate, ...]:
    if listed is None:
        return ()
    if listed.text == TAKEN:
        return taken
    return tuple(HistoryDate(status=element.get("PubStatus", ""), date=day_of(element)) for element in listed)


def day_of(element: etree._Element | None, taken: str = "") -> str:
    """A date whose parts are elements, as 1976-12-03; shorter where parts are missing, empty without a year."""
    if element is None:
        return ""
    if element.text == TAKEN:
        return taken
    year = month = day = ""
    for child in element:
        if child.tag == "Year":
            year = (child.text or "").strip()
        elif child.tag == "Month":
            month = (child.text or "").strip()
        elif child.tag == "Day":
            day = (child.text or "").strip()
    if not year:
        return ""
    if not (month.isdigit() and len(month) <= 2):
        return f"{year} {month}".strip()
    return f"{year}-{month.zfill(2)}-{day.zfill(2)}" if day else f"{year}-{month.zfill(2)}"


def journal_info(element: etree._Element | None, taken: Mapping[str, str]) -> Mapping[str, str]:
    return taken if element is not None and element.text == TAKEN else texts(element)


def texts(element: etree._Element | None) -> dict[str, str]:
    """The element's children by tag, as plain text."""
    return {child.tag: plain_text(child) for child in element} if element is not None else {}
