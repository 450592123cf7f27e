"""A first visit in a real browser, through the edge: sign in, search, read, see the map, take the CSV away."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Download, Page, expect

if TYPE_CHECKING:
    from conftest import Platform

expect.set_options(timeout=30_000)  # other tests run on the same processors
QUESTION = "side effects of blood pressure drugs in elderly patients"
# What a paper about the question says of its drugs, and of its patients.
DRUGS = re.compile(r"hypertens|blood pressure|calcium|beta.?block|ACE |angiotensin|diuretic|captopril|enalapril", re.I)
ELDERLY = re.compile(r"elder|older|aged|geriatric|\bage\b", re.I)


def test_a_wrong_password_is_refused_in_plain_words(browser: Browser, platform: "Platform") -> None:
    context = browser.new_context(base_url=platform.url)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("E-mail").fill(platform.summary["administrator_email"])
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    context.close()


def test_the_dashboard_counts_what_was_imported(page: Page, platform: "Platform") -> None:
    page.goto("/")
    articles = page.get_by_test_id("count-articles")
    expect(articles).to_have_text(re.compile(r"\d"))
    expected = 8782 + 177 if platform.real else 3000
    assert int(re.sub(r"\D", "", articles.inner_text())) == expected
    expect(page.get_by_test_id("release")).to_contain_text(platform.summary["release_id"])
    if not platform.real:
        expect(page.get_by_test_id("made-up").first).to_contain_text("made up")


def test_searching_by_meaning_returns_papers_about_it_first(page: Page, platform: "Platform") -> None:
    page.goto("/articles")
    page.get_by_label("By meaning").check()
    page.get_by_label("Search the articles").fill(QUESTION)
    page.get_by_role("button", name="Search").click()
    rows = page.get_by_test_id("article-row")
    expect(page.get_by_test_id("similarity").first).to_be_visible()
    assert rows.count() >= 10
    if platform.real:
        first = [rows.nth(position).inner_text() for position in range(5)]
        about = [bool(DRUGS.search(text) and ELDERLY.search(text)) for text in first]
        assert sum(about) >= 4, first


def test_an_article_page_has_its_abstract_and_its_neighbours(page: Page, platform: "Platform") -> None:
    page.goto("/articles")
    row = page.get_by_test_id("article-row").first
    title = row.get_by_role("heading").inner_text()
    row.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    if platform.real:  # PubMed knows no made-up article
        expect(page.get_by_role("link", name=re.compile("PubMed")).first).to_be_visible()
    expect(page.get_by_test_id("article-row").first).to_be_visible()  # similar articles


def test_the_map_is_drawn_with_named_topics(page: Page, platform: "Platform", tmp_path: Path) -> None:
    page.goto("/analysis")
    canvas = page.get_by_test_id("topic-map")
    expect(canvas).to_have_attribute("data-drawn", re.compile(r"^[1-9]\d+$"), timeout=60_000)
    assert int(canvas.get_attribute("data-drawn") or 0) == int(canvas.get_attribute("data-points") or -1)
    names = [item.inner_text() for item in page.get_by_test_id("topic-item").all()]
    assert len(names) >= 8
    assert all(re.search(r"[a-z]{4}", name, re.I) for name in names), names
    # The pixels: a drawn map has many colours, an empty canvas one.
    colours = canvas.evaluate(
        """canvas => {
            const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            const seen = new Set();
            for (let i = 0; i < data.length; i += 4) seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
            return seen.size;
        }"""
    )
    assert colours > 20


def test_a_topic_tells_its_years_and_of_months_and_citations_what_is_known(page: Page) -> None:
    page.goto("/analysis")
    page.get_by_test_id("topic-item").first.click()
    panel = page.get_by_test_id("topic-panel")
    expect(
        panel.get_by_role("img", name=re.compile(r"^Articles per year of this topic, \d{4} to \d{4}; expected in"))
    ).to_be_visible()
    for part, told in (("topic-months", "Articles per month"), ("topic-citations", "Citations per year")):
        expect(panel.get_by_test_id(part).get_by_role("heading", name=told)).to_be_visible()
        # A chart with its figures, or a sentence that says what is lacking.
        expect(panel.get_by_test_id(part)).to_contain_text(
            re.compile(r"interval held|\d+ (complete months|articles|of its)")
        )


def test_opportunities_come_with_their_receipts(page: Page) -> None:
    page.goto("/opportunities")
    expect(page.get_by_test_id("receipt").first).to_be_attached()


def test_the_filtered_articles_leave_as_csv(page: Page, save: Callable[[Download], Path]) -> None:
    page.goto("/articles?q=hypertension")
    expect(page.get_by_test_id("article-row").first).to_be_visible()
    page.get_by_test_id("export").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    file = save(waiting.value)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf"), "spreadsheets recognise UTF-8 by its mark"
    rows = list(csv.DictReader(file.open(encoding="utf-8-sig", newline="")))
    assert rows
    assert list(rows[0])[:3] == ["PMID", "Title", "Abstract"]
    assert all("hypertens" in (row["Title"] + row["Abstract"] + str(row)).lower() for row in rows)


def test_signing_out_closes_the_door(browser: Browser, platform: "Platform", sign_in: Callable[[Page], None]) -> None:
    context = browser.new_context(base_url=platform.url)
    page = context.new_page()
    sign_in(page)
    page.goto("/")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/articles")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()
