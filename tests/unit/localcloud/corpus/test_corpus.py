"""The made-up corpus: the same again, valid, and with the growth that was planted."""

import csv
import gzip
import re
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from localcloud.corpus import corpus, write_corpus
from localcloud.corpus.topics import TOPICS
from localcloud.corpus.writing import YEARS, plan
from primetime.articles.pubmed_xml import read_pubmed_file
from primetime.articles.record import Article

ARTICLES = 1500


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder / "c.xml", articles=ARTICLES, seed=7, until=2026, truth=folder / "truth.csv")
    return folder


@pytest.fixture(scope="module")
def records(folder: Path) -> list[etree._Element]:
    return etree.parse(str(folder / "c.xml")).getroot().findall("PubmedArticle")


@pytest.fixture(scope="module")
def truth(folder: Path) -> dict[int, dict[str, str]]:
    with (folder / "truth.csv").open() as stream:
        return {int(row["pmid"]): row for row in csv.DictReader(stream)}


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for name in ("one.xml.gz", "two.xml.gz"):
        write_corpus(tmp_path / name, articles=ARTICLES, seed=7, until=2026)
    assert (tmp_path / "one.xml.gz").read_bytes() == (tmp_path / "two.xml.gz").read_bytes()
    assert gzip.decompress((tmp_path / "one.xml.gz").read_bytes()) == (folder / "c.xml").read_bytes()


def test_another_seed_gives_other_articles(folder: Path, tmp_path: Path) -> None:
    write_corpus(tmp_path / "c.xml", articles=ARTICLES, seed=8, until=2026)
    assert (tmp_path / "c.xml").read_bytes() != (folder / "c.xml").read_bytes()


def test_every_record_says_that_it_is_made_up(records: list[etree._Element]) -> None:
    assert len(records) == ARTICLES
    for number, record in enumerate(records):
        assert record.findtext("MedlineCitation/PMID") == str(900_000_001 + number)
        citation = record.find("MedlineCitation")
        assert citation is not None
        assert citation.get("Owner") == "MADE-UP"
        assert (record.findtext(".//Journal/Title") or "").startswith("Made-up Journal of ")
        assert (record.findtext(".//ELocationID") or "").startswith("10.5555/made-up.")
        text = " ".join(node.text or "" for node in record.findall(".//AbstractText"))
        if text:
            assert re.search(r"made-up|Made-up", text)
            assert (record.findtext(".//CopyrightInformation") or "").startswith("Made-up text")


def test_the_text_is_whole_sentences(records: list[etree._Element]) -> None:
    for record in records:
        title = record.findtext(".//ArticleTitle") or ""
        for text in [title, *(node.text or "" for node in record.findall(".//AbstractText"))]:
            assert re.match(r"[A-Z0-9]", text), text
            assert text[-1] in ".?", text
            assert not re.search(r"[{}]|  |\.\.|\ba a\b|\bthe the\b", text), text


def test_records_differ_as_real_ones_do(records: list[etree._Element]) -> None:
    abstracts = [record.findall(".//AbstractText") for record in records]
    missing = sum(not nodes for nodes in abstracts)
    assert 0.03 < missing / ARTICLES < 0.1
    labelled = sum(bool(nodes) and nodes[0].get("Label") is not None for nodes in abstracts)
    assert 0.5 < labelled / ARTICLES < 0.8
    odd = [date.text or "" for record in records if (date := record.find(".//PubDate/MedlineDate")) is not None]
    assert any(re.fullmatch(r"\d{4} Dec-\d{4} Jan", date) for date in odd)
    assert 0.01 < len(odd) / ARTICLES < 0.08
    titles = Counter(record.findtext(".//ArticleTitle") for record in records)
    assert len(titles) > 0.7 * ARTICLES
    kinds = {node.text for record in records for node in record.findall(".//PublicationType")}
    assert {"Journal Article", "Review", "Randomized Controlled Trial"} <= kinds
    identifiers = {node.get("UI") or "" for record in records for node in record.findall(".//DescriptorName")}
    assert all(re.fullmatch(r"D\d{6}(\d{3})?", identifier) for identifier in identifiers)


def test_the_platform_reads_every_record(folder: Path) -> None:
    articles = list(read_pubmed_file(folder / "c.xml"))
    assert len(articles) == ARTICLES
    assert all(isinstance(article, Article) for article in articles)


def test_the_truth_names_a_topic_and_its_trend_for_every_record(truth: dict[int, dict[str, str]]) -> None:
    assert len(truth) == ARTICLES
    assert {row["topic"] for row in truth.values()} == {topic.key for topic in TOPICS}
    assert Counter(topic.trend for topic in TOPICS).keys() == {"growing", "flat", "declining"}
    trends = {topic.key: topic.trend for topic in TOPICS}
    assert all(row["trend"] == trends[row["topic"]] for row in truth.values())


def test_the_planted_growth_shows_in_the_counts(
    records: list[etree._Element], truth: dict[int, dict[str, str]]
) -> None:
    early: Counter[str] = Counter()
    late: Counter[str] = Counter()
    years = set()
    for record in records:
        date = record.find(".//PubDate")
        assert date is not None
        year = int((date.findtext("Year") or date.findtext("MedlineDate") or "")[:4])
        years.add(year)
        half = early if year < 2016 else late
        half[truth[int(record.findtext("MedlineCitation/PMID") or "")]["topic"]] += 1
    assert years == set(range(2006, 2026))
    for topic in TOPICS:
        ratio = late[topic.key] / early[topic.key]
        if topic.trend == "growing":
            assert ratio > 1.5, topic.key
        elif topic.trend == "declining":
            assert ratio < 0.67, topic.key
        else:
            assert 0.67 < ratio < 1.5, topic.key


def test_a_topics_articles_are_about_it(records: list[etree._Element], truth: dict[int, dict[str, str]]) -> None:
    vocabulary = {topic.key: (*topic.conditions, *topic.interventions, *topic.measures) for topic in TOPICS}
    for record in records:
        topic = truth[int(record.findtext("MedlineCitation/PMID") or "")]["topic"]
        text = " ".join(str(part) for part in record.itertext()).lower()
        assert any(word.lower() in text for word in vocabulary[topic])


@given(articles=st.integers(1, 50_000), until=st.integers(2001, 2100), seed=st.integers())
def test_a_plan_adds_up(articles: int, until: int, seed: int) -> None:
    counts = plan(articles, until, seed)
    assert sum(counts.values()) == articles
    assert min(counts.values()) >= 0
    assert {year for year, _ in counts} == set(range(until - YEARS, until))


def test_a_place_that_cannot_be_written_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = CliRunner().invoke(corpus, [str(tmp_path / "file" / "c.xml"), "--articles", "5"])
    assert run.exit_code == 3
    assert len(run.stderr.splitlines()) == 1
    assert "cannot write" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_run_that_fails_keeps_the_file_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "c.xml").write_text("as it was")
    with pytest.raises(FileExistsError):
        write_corpus(tmp_path / "c.xml", articles=5, seed=1, until=2026, truth=tmp_path / "c.xml" / "truth.csv")
    assert (tmp_path / "c.xml").read_text() == "as it was"
    assert not (tmp_path / "c.xml.part").exists()
