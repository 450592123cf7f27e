"""The plain forms of a record's parts, as regular expressions, and what is read of each.

Every function takes the text of a part's content, or of a list's item as far as its closing tag, and raises
NotPlainError where it has another form. What it returns is what the reader of the same element returns.
"""

import re
from functools import lru_cache
from typing import Any

from primetime.articles.identifiers import read_doi, read_orcid, read_pmc, read_pmid
from primetime.articles.markup import collapsed
from primetime.articles.publication_date import read_publication_date
from primetime.articles.pubmed_journal import Journal
from primetime.articles.record import (
    Author,
    Chemical,
    Correction,
    HistoryDate,
    MeshHeading,
    MeshQualifier,
    Reference,
    unique,
)

# Possessive: no second try at white space or text, however much of it there is.
_SPACE = r"[ \t\r\n]*+"
_TEXT = r"([^<]*+)"
_WORDS = r"([\w'.-]++(?: [\w'.-]++)*+)"


def _form(*elements: str) -> re.Pattern[str]:
    """Elements with white space around them.

    TEXT stands for a group of any text, WORDS for one that is as `_text` would have it, NAME for an attribute's.
    """
    pattern = "".join(_SPACE + element for element in elements) + _SPACE
    return re.compile(pattern.replace("TEXT", _TEXT).replace("WORDS", _WORDS).replace("NAME", r"([\w-]*+)"))


_DAY = _form("<Year>([0-9]{4})</Year>", "<Month>([0-9]{2})</Month>", "<Day>([0-9]{2})</Day>")
_JOURNAL = _form(
    '(?:<ISSN IssnType="[A-Za-z]*+">TEXT</ISSN>)?',
    '<JournalIssue CitedMedium="[A-Za-z]*+">',
    "(?:<Volume>TEXT</Volume>)?",
    "(?:<Issue>TEXT</Issue>)?",
    "<PubDate>",
    "(?:<Year>TEXT</Year>)?",
    "(?:<Season>TEXT</Season>)?",
    "(?:<Month>TEXT</Month>)?",
    "(?:<Day>TEXT</Day>)?",
    "(?:<MedlineDate>TEXT</MedlineDate>)?",
    "</PubDate>",
    "</JournalIssue>",
    "(?:<Title>TEXT</Title>)?",
    "(?:<ISOAbbreviation>TEXT</ISOAbbreviation>)?",
)
_JOURNAL_INFO = _form(
    "(?:<Country>TEXT</Country>)?",
    "<MedlineTA>TEXT</MedlineTA>",
    "(?:<NlmUniqueID>TEXT</NlmUniqueID>)?",
    "(?:<ISSNLinking>TEXT</ISSNLinking>)?",
)
_NAMES = _form(
    '<Author ValidYN="Y">',
    "<LastName>WORDS</LastName>",
    "<ForeName>WORDS</ForeName>",
    "<Initials>WORDS</Initials>",
)
_AUTHOR = _form(
    '<Author(?: ValidYN="Y")?( EqualContrib="Y")?>',
    "(?:<LastName>TEXT</LastName>)?",
    "(?:<ForeName>TEXT</ForeName>)?",
    "(?:<Initials>TEXT</Initials>)?",
    "(?:<Suffix>TEXT</Suffix>)?",
    "(?:<CollectiveName>TEXT</CollectiveName>)?",
    '(?:<Identifier Source="ORCID">TEXT</Identifier>)?',
    rf"((?:<AffiliationInfo>{_SPACE}<Affiliation>[^<]*+</Affiliation>{_SPACE}</AffiliationInfo>{_SPACE})*+)",
)
_AFFILIATION = re.compile(f"<Affiliation>{_TEXT}<")
_PUBLICATION_TYPE = _form('<PublicationType UI="NAME">TEXT')
_CHEMICAL = _form(
    "<Chemical>", "<RegistryNumber>TEXT</RegistryNumber>", '<NameOfSubstance UI="NAME">TEXT</NameOfSubstance>'
)
_CORRECTION = _form(
    '<CommentsCorrections RefType="NAME">',
    "<RefSource>TEXT</RefSource>",
    '(?:<PMID Version="[0-9]*+">TEXT</PMID>)?',
    "(?:<Note>TEXT</Note>)?",
)
_HEADING = _form(
    "<MeshHeading>",
    '<DescriptorName UI="NAME" MajorTopicYN="([YN])"(?: Type="NAME")?>TEXT</DescriptorName>',
    rf'((?:<QualifierName UI="[\w-]*+" MajorTopicYN="[YN]">[^<]*+</QualifierName>{_SPACE})*+)',
)
_QUALIFIER = re.compile(rf'<QualifierName UI="([\w-]*)" MajorTopicYN="([YN])">{_TEXT}<')
_HISTORY_DATE = _form(
    '<PubMedPubDate PubStatus="NAME">',
    "<Year>([0-9]++)</Year>",
    "<Month>([0-9]{1,2})</Month>",
    "<Day>([0-9]++)</Day>",
    "(?:<Hour>[0-9]*+</Hour>)?",
    "(?:<Minute>[0-9]*+</Minute>)?",
)
_REFERENCE = _form(
    "<Reference>",
    "<Citation>TEXT</Citation>",
    rf"(?:<ArticleIdList>((?:{_SPACE}<ArticleId IdType=\"[\w-]*+\">[^<]*+</ArticleId>)*+){_SPACE}</ArticleIdList>)?",
)
_IDENTIFIER = re.compile(rf'<ArticleId IdType="([\w-]*)">{_TEXT}<')
_LONGEST_KEPT = 1_500
_ENTITY = re.compile("&(?!(?:amp|lt|gt);)")


class NotPlainError(Exception):
    """The text has another form."""


def day(content: str) -> str:
    return "-".join(_groups(_DAY, content))


# What is kept comes again and again: the articles of an issue follow each other, most records are of some thousand
# journals, and most headings are Humans, Female, Adult.
@lru_cache(maxsize=1024)
def journal(content: str) -> Journal:
    issn, volume, issue, *date, title, abbreviation = map(_text, _groups(_JOURNAL, _short(content)))
    year, season, month, day, medline_date = date
    return Journal(
        title=title,
        abbreviation=abbreviation,
        issn=issn,
        volume=volume,
        issue=issue,
        date=read_publication_date(year=year, month=month, day=day, season=season, medline_date=medline_date),
    )


@lru_cache(maxsize=2048)
def journal_info(content: str) -> dict[str, str]:
    tags = ("Country", "MedlineTA", "NlmUniqueID", "ISSNLinking")
    found = zip(tags, _groups(_JOURNAL_INFO, _short(content)), strict=True)
    return {tag: _text(printed) for tag, printed in found if printed is not None}


def author(item: str) -> Author:
    if names := _NAMES.fullmatch(item):  # most have no more
        last_name, fore_name, initials = names.groups()
        return Author(last_name=last_name, fore_name=fore_name, initials=initials)
    equal, last_name, fore_name, initials, suffix, collective_name, orcid, affiliations = _groups(_AUTHOR, item)
    if not (last_name or collective_name):
        raise NotPlainError
    return Author(
        last_name=_text(last_name) or None,
        fore_name=_text(fore_name) or None,
        initials=_text(initials) or None,
        suffix=_text(suffix) or None,
        collective_name=_text(collective_name) or None,
        orcid=read_orcid(_text(orcid)) if orcid else None,
        affiliations=unique(map(_text, _AFFILIATION.findall(affiliations))) if affiliations else (),
        equal_contribution=equal is not None,
    )


@lru_cache(maxsize=512)
def publication_type(item: str) -> tuple[str, str]:
    ui, name = _groups(_PUBLICATION_TYPE, _short(item))
    return ui, _text(name)


@lru_cache(maxsize=2048)
def chemical(item: str) -> Chemical:
    registry_number, ui, name = _groups(_CHEMICAL, _short(item))
    return Chemical(registry_number=_text(registry_number), ui=ui, name=_text(name))


def correction(item: str) -> Correction:
    kind, source, pmid, note = _groups(_CORRECTION, item)
    return Correction(kind=kind, source=_text(source), pmid=read_pmid(_text(pmid)), note=_text(note))


@lru_cache(maxsize=4096)
def heading(item: str) -> MeshHeading:
    ui, major, kind, name, qualifiers = _groups(_HEADING, _short(item))
    read = tuple(
        MeshQualifier(ui=ui, name=_text(name), major=major == "Y") for ui, major, name in _QUALIFIER.findall(qualifiers)
    )
    if not name:
        raise NotPlainError
    return MeshHeading(
        ui=ui,
        name=_text(name),
        major=major == "Y" or any(qualifier.major for qualifier in read),
        qualifiers=read,
        kind=kind or "",
    )


@lru_cache(maxsize=1024)
def history_date(item: str) -> HistoryDate:
    status, year, month, day = _groups(_HISTORY_DATE, _short(item))
    return HistoryDate(status=status, date=f"{year}-{month.zfill(2)}-{day.zfill(2)}")


def reference(item: str) -> Reference:
    citation, identifiers = _groups(_REFERENCE, item)
    printed = {kind: _text(value) for kind, value in _IDENTIFIER.findall(identifiers)} if identifiers else {}
    if "pmcid" in printed:  # another name of pmc: which of two counts is not for this room to say
        raise NotPlainError
    return Reference(
        citation=_text(citation),
        pmid=read_pmid(printed.get("pubmed", "")),
        doi=read_doi(printed.get("doi", "")),
        pmc=read_pmc(printed.get("pmc", "")),
    )


def _short(text: str) -> str:
    """A text of which thousands may be kept in memory; those that PubMed prints are half as long."""
    if len(text) > _LONGEST_KEPT:
        raise NotPlainError
    return text


def _groups(form: re.Pattern[str], text: str) -> tuple[Any, ...]:
    found = form.fullmatch(text)
    if found is None:
        raise NotPlainError
    return found.groups()


def _text(printed: str | None) -> str:
    """As `plain_text` of an element without markup."""
    if printed is None or printed.isalnum():
        return printed or ""
    if ">" in printed:
        raise NotPlainError
    if "&" in printed:
        if _ENTITY.search(printed):
            raise NotPlainError
        printed = printed.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    text = collapsed(printed)
    # Among what is not printable are the characters that XML forbids. What is empty may leave its whole item out.
    if printed and not (text and text.isprintable()):
        raise NotPlainError
    return text
