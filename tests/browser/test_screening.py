"""From an idea to a screened collection in a real browser, through the edge: what a researcher does in a first week."""

import csv
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Download, Locator, Page, expect

if TYPE_CHECKING:
    from conftest import Platform

IDEA = "side effects of blood pressure drugs in elderly patients"
NOWHERE = "qwertzuiop"
LONG = 120_000
# A platform may be kept from one run to the next.
COLLECTION = f"To read {time.time():.0f}"
RIS = "TY  - JOUR\nTI  - A paper of our own shelf\nAU  - Doe, J\nPY  - 2018\nER  - \nTY  - JOUR\nPY  - 2018\nER  - \n"


def hits(page: Page) -> int:
    """PubMed's count, once it is told."""
    told = page.get_by_test_id("hits")
    expect(told).to_have_text(re.compile(r"PubMed has [\d,]+ article"), timeout=LONG)
    return int(re.sub(r"\D", "", told.inner_text()))


def total(told: Locator) -> int:
    expect(told).to_have_text(re.compile(r"\d"))
    return int(re.sub(r"\D", "", told.inner_text()))


def run(page: Page, most: int) -> None:
    """Run the search that stands there, and wait until it is done."""
    page.get_by_label("Fetch at most").fill(str(most))
    page.get_by_test_id("run-search").click()
    page.wait_for_url(re.compile(r"/searches/\d+$"))
    expect(page.get_by_test_id("progress")).to_have_attribute("data-state", "done", timeout=LONG)


@pytest.fixture(scope="module")
def searched(page: Page) -> str:
    """The address of a search that was put together, reloaded, relaxed and run."""
    page.goto("/searches/new")
    page.get_by_label("Your idea").fill(IDEA)
    page.get_by_role("button", name="Suggest keywords").click()
    expect(page.get_by_test_id("concept").first).to_be_visible(timeout=LONG)
    whole = hits(page)
    # One word less finds no more; a reload keeps it so.
    used = page.get_by_test_id("concept").first.get_by_role("checkbox", checked=True)
    assert whole > 0
    if used.count() > 1:
        used.first.uncheck()
        assert hits(page) <= whole
    page.get_by_label("Another concept").fill(NOWHERE)
    page.get_by_role("button", name="Add", exact=True).last.click()
    expect(page.get_by_test_id("hits")).to_have_text("PubMed has 0 articles", timeout=LONG)
    query = page.get_by_test_id("query").input_value()
    assert NOWHERE in query
    page.reload()
    expect(page.get_by_label("Your idea")).to_have_value(IDEA)
    expect(page.get_by_test_id("query")).to_have_value(query)
    # What would find something is offered.
    page.get_by_test_id("relaxations").get_by_role("button", name=NOWHERE).click()
    expect(page.get_by_test_id("hits")).not_to_have_text("PubMed has 0 articles", timeout=LONG)
    assert hits(page) > 0
    run(page, 30)
    return page.url


def test_an_idea_becomes_a_search_with_its_articles(page: Page, searched: str) -> None:
    page.goto(searched)
    expect(page.get_by_role("heading", level=1)).to_have_text(IDEA)
    rows = page.get_by_test_id("search-results").get_by_test_id("article-row")
    expect(rows.first).to_be_visible()
    assert rows.count() > 3
    # How the list is shown is in the address, so that a reload keeps it.
    order = page.get_by_role("combobox", name=re.compile("^Order"))
    order.select_option("similarity")
    page.wait_for_url("**/searches/*?sort=similarity")
    page.reload()
    expect(order).to_have_value("similarity")


def test_articles_are_screened_with_the_keyboard(page: Page, searched: str) -> None:
    page.goto(searched)
    page.get_by_test_id("desk-collection").select_option("new")
    page.get_by_label("Name of the new collection").fill(COLLECTION)
    page.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Screen with the keyboard").click()
    marks = page.get_by_test_id("search-results").get_by_test_id("marks")
    for number, (key, mark) in enumerate([("i", "include"), ("e", "exclude"), ("m", "maybe")]):
        page.keyboard.press(key)
        expect(marks.nth(number)).to_have_attribute("data-mark", mark)
    # The last one back, and taken again by its button.
    page.keyboard.press("z")
    expect(marks.nth(2)).to_have_attribute("data-mark", "")
    expect(page.get_by_test_id("done")).to_contain_text("Undone")
    marks.nth(2).get_by_role("button", name="Maybe").click()
    expect(marks.nth(2)).to_have_attribute("data-mark", "maybe")
    marks.nth(1).get_by_label("Why").fill("animals only")
    marks.nth(1).get_by_label("Why").press("Enter")
    # Keys that are typed are letters.
    marks.nth(1).get_by_label("Why").press_sequentially("i")
    expect(marks.nth(1)).to_have_attribute("data-mark", "exclude")
    expect(page.get_by_test_id("done")).to_contain_text("Excluded")


def test_a_collection_is_filtered_by_mark_undone_and_exported(page: Page, save: Callable[[Download], Path]) -> None:
    page.goto("/collections")
    page.get_by_test_id("collections").get_by_role("link", name=COLLECTION).click()
    expect(page.get_by_test_id("screening-progress")).to_have_text("3 articles; 1 included, 1 maybe, 1 excluded")
    page.get_by_test_id("show").select_option("exclude")
    expect(page.get_by_test_id("result-count")).to_have_text("1 article")
    expect(page.get_by_label("Why")).to_have_value(re.compile("animals only"))
    page.get_by_test_id("show").select_option("all")
    expect(page.get_by_test_id("result-count")).to_have_text("3 articles")
    page.get_by_role("button", name=re.compile("^Remove ")).first.click()
    expect(page.get_by_test_id("screening-progress")).to_contain_text("2 articles")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("screening-progress")).to_have_text("3 articles; 1 included, 1 maybe, 1 excluded")
    page.get_by_test_id("export").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(save(waiting.value).open(encoding="utf-8-sig", newline="")))
    decided = sorted(row["Screening"].partition(": ")[2] for row in rows)
    assert [one.split(" (")[0] for one in decided] == ["exclude", "include", "maybe"]
    assert "animals only" in decided[0]


def test_an_articles_page_has_its_collections_and_notes(page: Page) -> None:
    page.goto("/collections")
    page.get_by_role("link", name=COLLECTION).click()
    page.get_by_test_id("collected").get_by_role("heading").first.get_by_role("link").click()
    holdings = page.get_by_test_id("holdings")
    expect(holdings.get_by_role("link", name=COLLECTION)).to_be_visible()
    holdings.get_by_role("button", name="Maybe").click()
    expect(holdings.get_by_test_id("marks").first).to_have_attribute("data-mark", "maybe")
    page.get_by_role("button", name="Undo").click()
    expect(holdings.get_by_test_id("marks").first).not_to_have_attribute("data-mark", "maybe")
    page.get_by_label("A new note").fill("small sample")
    page.get_by_role("button", name="Keep the note").click()
    notes = page.get_by_test_id("notes")
    notes.get_by_role("button", name="Edit").click()
    page.get_by_label("The note", exact=True).fill("a small sample indeed")
    notes.get_by_role("button", name="Keep", exact=True).click()
    expect(notes).to_contain_text("a small sample indeed")
    notes.get_by_role("button", name="Delete").click()
    expect(notes).not_to_contain_text("small sample")
    page.get_by_role("button", name="Undo").click()
    expect(notes).to_contain_text("a small sample indeed")
    page.goto("/notes")
    expect(page.get_by_test_id("all-notes")).to_contain_text("a small sample indeed")


def test_two_searches_are_compared(page: Page, searched: str) -> None:
    page.goto(searched)
    first = total(page.locator("#results"))
    page.get_by_role("link", name="Change it and search again").click()
    expect(page.get_by_label("Your idea")).to_have_value(IDEA)
    assert hits(page) >= first
    run(page, 2)
    one, other = (address.rpartition("/")[2] for address in (searched, page.url))
    page.get_by_role("link", name="Compare with another search").click()
    page.get_by_test_id("search-B").select_option(one)
    page.wait_for_url(f"**/searches/compare?one={other}&other={one}")
    counts = {part: total(page.get_by_test_id(f"part-{part}")) for part in ("only_one", "both", "only_other")}
    assert counts == {"only_one": 0, "both": 2, "only_other": first - 2}
    page.get_by_test_id("part-only_other").click()
    expect(page.get_by_test_id("compared").get_by_test_id("article-row").first).to_be_visible()
    expect(page.locator(".list-bar h2")).to_have_text(f"Only in B: {first - 2} articles")


def test_a_saved_search_says_when_it_runs_and_what_is_new(page: Page, searched: str) -> None:
    page.goto(searched)
    page.get_by_label("Keep it as").fill(COLLECTION)
    page.get_by_label("and run it again").select_option("every two weeks")
    page.get_by_role("button", name="Save the search").click()
    page.get_by_role("link", name="saved search").click()
    expect(page.get_by_test_id("saved-when")).to_have_text(
        re.compile(r"^Run every two weeks, next at night from \d+ \w+")
    )
    page.get_by_label("Run it").select_option("every day")
    expect(page.get_by_test_id("saved-when")).to_contain_text("Run every day")
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_test_id("progress")).to_have_attribute("data-state", "done", timeout=LONG)
    page.goto("/searches")
    page.get_by_test_id("saved-searches").get_by_role("link", name=COLLECTION).click()
    expect(page.get_by_role("heading", name="New since the runs before: nothing new")).to_be_visible()
    expect(page.get_by_test_id("runs").locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Stop running it").first.click()
    page.get_by_test_id("confirm").get_by_role("button", name="Stop running it").click()
    page.wait_for_url("**/searches")
    expect(page.get_by_role("link", name=COLLECTION)).to_have_count(0)


def test_what_an_import_skips_is_told(page: Page) -> None:
    page.goto("/articles/import")
    page.get_by_test_id("import-file").set_input_files(
        {"name": "shelf.ris", "mimeType": "text/plain", "buffer": RIS.encode()}
    )
    page.get_by_role("button", name="Import", exact=True).click()
    newest = page.get_by_test_id("imports").locator("> li").first
    expect(newest).to_contain_text("shelf.ris")
    expect(newest).to_have_attribute("data-state", "done", timeout=LONG)
    expect(newest).to_contain_text("1 skipped")
    newest.get_by_text("What was skipped, and why").click()
    expect(newest).to_contain_text("record 2 (line 6): no title")
    page.get_by_test_id("import-pmids").fill("99999998, twelve")
    page.get_by_role("button", name="Fetch from PubMed").click()
    expect(page.get_by_role("alert")).to_contain_text("These are no PMIDs: twelve")
    page.get_by_test_id("import-pmids").fill("99999998")
    page.get_by_role("button", name="Fetch from PubMed").click()
    expect(newest).to_contain_text("1 unknown to PubMed", timeout=LONG)


def test_a_retraction_is_not_to_be_overlooked(page: Page, platform: "Platform") -> None:
    if not platform.real:
        pytest.skip("no made-up article is retracted")
    page.goto("/articles/8655018")
    expect(page.get_by_test_id("notices").get_by_text("Retracted.")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/articles",
        "/collections",
        "/searches",
        "/searches/new",
        "/articles/import",
        "/help",
        "/analysis?topic=0",
        "/analysis?level=1",
        "/analysis?view=table",
        "/opportunities",
        "/gaps?idea=hypertension",
        "/backtest",
        "/runs",
    ],
)
def test_a_phone_shows_the_whole_width(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 860})


def test_a_collection_is_deleted_only_after_a_question(page: Page) -> None:
    page.goto("/collections")
    page.get_by_role("link", name=COLLECTION).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_test_id("confirm").get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(COLLECTION)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_test_id("confirm")).to_contain_text("every reviewer’s marks in it are lost")
    page.get_by_role("button", name="Delete the collection").click()
    page.wait_for_url("**/collections")
    expect(page.get_by_role("link", name=COLLECTION)).to_have_count(0)
