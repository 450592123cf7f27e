"""One made-up article as a `PubmedArticle`, and how its printed date looks."""

from __future__ import annotations

import random
from xml.sax.saxutils import escape, quoteattr

from localcloud.corpus.people import affiliation, fore_name, initials, surname
from localcloud.corpus.prose import Study, abstract, imagine, title
from localcloud.corpus.topics import Heading, Topic

COPYRIGHT = "Made-up text for demonstration. No such study was done."
DOI_PREFIX = "10.5555"  # set aside for examples
WITHOUT_ABSTRACT = 0.06  # share of records; PubMed's own is larger among older ones
ODD_DATE = 0.04  # share of records whose date is no plain year, month, day
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CHECK_TAGS: tuple[Heading, ...] = (
    ("D006801", "Humans"),
    ("D005260", "Female"),
    ("D008297", "Male"),
    ("D000328", "Adult"),
    ("D000368", "Aged"),
)
QUALIFIERS: tuple[Heading, ...] = (
    ("Q000453", "epidemiology"),
    ("Q000628", "therapy"),
    ("Q000175", "diagnosis"),
    ("Q000009", "adverse effects"),
)


def article_xml(topic: Topic, year: int, pmid: int, seed: int) -> str:
    """The record; the same arguments give the same text."""
    rng = random.Random(f"{seed}:{pmid}")  # noqa: S311  # reproducible, not secret
    study = imagine(topic, rng)
    journal = rng.choice(topic.journals)
    doi = f"{DOI_PREFIX}/made-up.{pmid}"
    first_page = rng.randint(1, 900)
    volume = year - 1980
    return f"""  <PubmedArticle>
    <MedlineCitation Status="MEDLINE" Owner="MADE-UP">
      <PMID Version="1">{pmid}</PMID>
      <DateRevised><Year>{year}</Year><Month>12</Month><Day>31</Day></DateRevised>
      <Article PubModel="Print">
        <Journal>
          <JournalIssue CitedMedium="Print"><Volume>{volume}</Volume><Issue>{rng.randint(1, 12)}</Issue>
            <PubDate>{_publication_date(year, rng)}</PubDate>
          </JournalIssue>
          <Title>Made-up Journal of {escape(journal)}</Title>
          <ISOAbbreviation>Made-up J {escape(_abbreviated(journal))}</ISOAbbreviation>
        </Journal>
        <ArticleTitle>{escape(title(study, rng))}</ArticleTitle>
        <Pagination><MedlinePgn>{first_page}-{first_page + rng.randint(4, 14)}</MedlinePgn></Pagination>
        <ELocationID EIdType="doi" ValidYN="Y">{doi}</ELocationID>
{_abstract_xml(study, rng)}{_authors_xml(topic, rng)}        <Language>eng</Language>
        <PublicationTypeList>{_publication_types_xml(study)}</PublicationTypeList>
      </Article>
      <MedlineJournalInfo><MedlineTA>Made-up J {escape(_abbreviated(journal))}</MedlineTA></MedlineJournalInfo>
      <MeshHeadingList>
{_mesh_xml(topic, rng)}      </MeshHeadingList>
      <KeywordList Owner="NOTNLM">{_keywords_xml(study, rng)}</KeywordList>
    </MedlineCitation>
    <PubmedData>
      <PublicationStatus>ppublish</PublicationStatus>
      <ArticleIdList>
        <ArticleId IdType="pubmed">{pmid}</ArticleId>
        <ArticleId IdType="doi">{doi}</ArticleId>
      </ArticleIdList>
    </PubmedData>
  </PubmedArticle>
"""


def _publication_date(year: int, rng: random.Random) -> str:
    """The printed date; an odd one begins in `year` too, so that the counts by year hold."""
    if rng.random() < ODD_DATE:
        month = rng.randrange(11)
        odd = (
            f"{year} Dec-{year + 1} Jan",
            f"{year} {MONTHS[month]}-{MONTHS[month + 1]}",
            f"{year}-{year + 1}",
            f"{year} {MONTHS[month]} {rng.randint(20, 28)}-{MONTHS[month + 1]} {rng.randint(1, 6)}",
        )
        return f"<MedlineDate>{rng.choice(odd)}</MedlineDate>"
    form = rng.random()
    if form < 0.1:
        return f"<Year>{year}</Year>"
    if form < 0.15:
        return f"<Year>{year}</Year><Season>{rng.choice(('Winter', 'Spring', 'Summer', 'Fall'))}</Season>"
    month_text = rng.choice(MONTHS)
    day = f"<Day>{rng.randint(1, 28):02d}</Day>" if form > 0.6 else ""
    return f"<Year>{year}</Year><Month>{month_text}</Month>{day}"


def _abbreviated(journal: str) -> str:
    return " ".join(word[:5] for word in journal.split() if word not in ("and", "in", "on", "of"))


def _abstract_xml(study: Study, rng: random.Random) -> str:
    if rng.random() < WITHOUT_ABSTRACT:
        return ""
    lines = ["        <Abstract>"]
    for label, text in abstract(study, rng):
        category = f" Label={quoteattr(label)} NlmCategory={quoteattr(label)}" if label else ""
        lines.append(f"          <AbstractText{category}>{escape(text)}</AbstractText>")
    lines.append(f"          <CopyrightInformation>{COPYRIGHT}</CopyrightInformation>")
    lines.append("        </Abstract>\n")
    return "\n".join(lines)


def _authors_xml(topic: Topic, rng: random.Random) -> str:
    lines = ['        <AuthorList CompleteYN="Y">']
    for _ in range(rng.randint(1, 7)):
        name = fore_name(rng)
        lines.append(
            f'          <Author ValidYN="Y"><LastName>{surname(rng)}</LastName><ForeName>{name}</ForeName>'
            f"<Initials>{initials(name)}</Initials>"
            f"<AffiliationInfo><Affiliation>{escape(affiliation(topic.name, rng))}</Affiliation></AffiliationInfo>"
            "</Author>"
        )
    lines.append("        </AuthorList>\n")
    return "\n".join(lines)


def _publication_types_xml(study: Study) -> str:
    return "".join(
        f'<PublicationType UI="{identifier}">{name}</PublicationType>'
        for identifier, name in study.angle.publication_types
    )


def _mesh_xml(topic: Topic, rng: random.Random) -> str:
    chosen = sorted(rng.sample(topic.headings, rng.randint(2, len(topic.headings))))
    tags = sorted(rng.sample(CHECK_TAGS[1:], rng.randint(0, 3)))
    lines = []
    for position, (identifier, name) in enumerate(chosen):
        major = "Y" if position == 0 else "N"
        qualifier = ""
        if rng.random() < 0.5:
            qualifier_id, qualifier_name = rng.choice(QUALIFIERS)
            qualifier = f'<QualifierName UI="{qualifier_id}" MajorTopicYN="N">{qualifier_name}</QualifierName>'
        lines.append(_heading_xml(identifier, name, major, qualifier))
    lines += [_heading_xml(identifier, name, "N", "") for identifier, name in (CHECK_TAGS[0], *tags)]
    return "".join(lines)


def _heading_xml(identifier: str, name: str, major: str, qualifier: str) -> str:
    return (
        f'        <MeshHeading><DescriptorName UI="{identifier}" MajorTopicYN="{major}">{escape(name)}'
        f"</DescriptorName>{qualifier}</MeshHeading>\n"
    )


def _keywords_xml(study: Study, rng: random.Random) -> str:
    words = rng.sample([study.phrases["condition"], study.phrases["intervention"], study.phrases["outcome"]], 2)
    return "".join(f'<Keyword MajorTopicYN="N">{escape(word)}</Keyword>' for word in words)
