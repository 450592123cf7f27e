"""Finding duplicates: how many of those that people marked are found, how many others are called so, and how fast.

Sensitivity and specificity are counted over records, as dedupe-sweep's own tests count them: in its files the caption
`Duplicate` marks every record that has another of the same article, the first of them too. A marked record counts as
found when it stands in any pair.

`--distinct` takes records that are known to be different articles, hides their PMIDs and counts the pairs: nearly all
of what is found there is wrong. The speed is that of many records made from the same ones: under a title of their own,
and one in ten a second time as another database would print it.
"""

import gzip
import json
import random
import time
from dataclasses import replace
from pathlib import Path

import click
from lxml import etree

from primetime.articles.duplicates.finding import find_pairs
from primetime.articles.duplicates.fingerprint import Fingerprint, fingerprint
from primetime.articles.formats.recognising import read_articles
from primetime.articles.local_number import local_number
from primetime.articles.record import Article

WORDS = ("copper", "elderly", "renal", "trial", "infant", "cohort", "dose", "acute", "rural", "oral", "sleep", "bone")


def articles_of(path: Path) -> list[Article]:
    return [record for record in read_articles(path) if isinstance(record, Article)]


def marks_of(path: Path) -> list[bool]:
    records = etree.fromstring(gzip.decompress(path.read_bytes())).iter("record")
    captions = [record.find("caption") for record in records]
    return [caption is not None and "Duplicate" in map(str, caption.itertext()) for caption in captions]


def without_pmid(article: Article, number: int) -> Article:
    return replace(article, pmid=local_number(doi=None, title=f"{number}", year=None, first_author=""))


def reprinted(article: Article, number: int, chance: random.Random) -> Article:
    """The article as another database would print it: no PMID, other forms, a field missing, a slip here and there."""
    title = article.title.strip("[].")
    if chance.random() < 0.3:
        title = title.upper() if chance.random() < 0.3 else title.title()
    if chance.random() < 0.1 and len(title) > 30:
        place = chance.randrange(5, len(title) - 5)
        title = title[:place] + title[place + 1 :]
    first, _, last = article.pages.partition("-")
    if last.isdigit() and first.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    date = article.publication_date
    if date.first is not None and chance.random() < 0.1:
        date = replace(date, first=date.first.replace(year=date.first.year + 1, day=1))
    return replace(
        without_pmid(article, number),
        title=title,
        doi=article.doi if chance.random() < 0.5 else None,
        journal=article.journal_abbreviation if chance.random() < 0.5 else article.journal,
        journal_abbreviation="",
        pages=(f"{first}-{last}" if last else first) if chance.random() < 0.9 else "",
        volume=article.volume if chance.random() < 0.9 else "",
        publication_date=date,
        authors=article.authors if chance.random() < 0.95 else article.authors[1:],
    )


def many(sample: list[Article], count: int, chance: random.Random) -> list[Fingerprint]:
    made: list[Fingerprint] = []
    while len(made) < count:
        article = chance.choice(sample)
        other = " ".join(chance.sample(WORDS, 4))
        article = replace(without_pmid(article, len(made)), title=f"{article.title} {other}", doi=None)
        made.append(fingerprint(article, len(made)))
        if chance.random() < 0.1 and len(made) < count:
            made.append(fingerprint(reprinted(article, len(made), chance), len(made)))
    return made


def found_in(records: list[Fingerprint]) -> set[int]:
    return {key for pair in find_pairs(records) for key in (pair.first, pair.second)}


def judge(marks: list[bool], articles: list[Article]) -> tuple[float, float]:
    """Sensitivity and specificity."""
    found = found_in([fingerprint(article, key) for key, article in enumerate(articles)])
    right = sum(marked and key in found for key, marked in enumerate(marks))
    wrong = sum(not marked and key in found for key, marked in enumerate(marks))
    return round(right / sum(marks), 4), round(1 - wrong / (len(marks) - sum(marks)), 4)


@click.command()
@click.option("--labelled", type=click.Path(exists=True, path_type=Path), required=True, help="EndNote XML, gzip.")
@click.option("--distinct", type=click.Path(exists=True, path_type=Path), required=True, help="PubMed XML.")
@click.option("--sample", type=click.Path(exists=True, path_type=Path), required=True, help="PubMed XML to reprint.")
@click.option("--records", default=100_000, show_default=True, help="How many for the speed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def bench(labelled: Path, distinct: Path, sample: Path, records: int, as_json: bool) -> None:
    """Judge the finding of duplicates on labelled records, and time it on many."""
    chance = random.Random(20)
    marks = marks_of(labelled)
    library = articles_of(labelled)
    anonymous = [without_pmid(article, key) for key, article in enumerate(library)]
    judged = {
        "": judge(marks, library),
        "_without_pmids": judge(marks, anonymous),
        "_without_pmids_and_dois": judge(marks, [replace(article, doi=None) for article in anonymous]),
    }

    different = articles_of(distinct)
    hidden = [fingerprint(without_pmid(article, key), key) for key, article in enumerate(different)]
    wrong = find_pairs(hidden)

    originals = articles_of(sample)
    pairs_made = [(article, reprinted(article, number, chance)) for number, article in enumerate(originals * 10)]
    recovered = sum(
        bool(find_pairs([fingerprint(without_pmid(one, 0), 0), fingerprint(other, 1)])) for one, other in pairs_made
    )

    crowd = many(different, records, chance)
    began = time.perf_counter()
    find_pairs(crowd)
    seconds = time.perf_counter() - began
    figures = {
        "name": "duplicates",
        "labelled_records": len(marks),
        "marked": sum(marks),
        **{f"sensitivity{hidden}": sensitivity for hidden, (sensitivity, _) in judged.items()},
        **{f"specificity{hidden}": specificity for hidden, (_, specificity) in judged.items()},
        "distinct_records": len(different),
        "pairs_among_distinct": len(wrong),
        "reprinted": len(pairs_made),
        "reprinted_found": round(recovered / len(pairs_made), 4),
        "crowd": len(crowd),
        "crowd_seconds": round(seconds, 1),
    }
    if as_json:
        print(json.dumps(figures))
    else:
        for key, value in figures.items():
            print(f"{key:36} {value}")
