"""What a researcher asks an analysis, in a real browser, through the edge: topics, scores, gaps and their worth."""

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, Request, expect

if TYPE_CHECKING:
    from conftest import Platform

expect.set_options(timeout=30_000)  # other tests run on the same processors
IDEA = "side effects of blood pressure drugs in elderly patients"


def groups(page: Page, name: str) -> int:
    """How many there are at the level shown, once it is that of `name`."""
    told = page.get_by_test_id("levels").locator("[aria-live]")
    expect(told).to_have_text(re.compile(rf"^[\d,]+ {name}$"))
    return int(told.inner_text().partition(" ")[0].replace(",", ""))


def drawn(page: Page) -> None:
    points = page.get_by_test_id("topic-map").get_attribute("data-points")
    expect(page.get_by_test_id("topic-map")).to_have_attribute("data-drawn", str(points))


def column(rows: Locator, selector: str) -> list[str]:
    return [" ".join(text.split()) for text in rows.locator(selector).all_inner_texts()]


def test_topics_are_cut_coarser_and_finer(page: Page) -> None:
    page.goto("/analysis")
    expect(page.get_by_test_id("topic-map")).to_have_attribute("data-drawn", re.compile(r"^[1-9]\d+$"))
    topics = groups(page, "topics")
    assert topics == page.get_by_test_id("topic-item").count()
    coarser, finer = (page.get_by_role("button", name=one, exact=True) for one in ("Coarser", "Finer"))

    coarser.click()
    page.wait_for_url("**/analysis?level=1")
    themes = groups(page, "themes")
    assert 4 <= themes < topics
    drawn(page)
    listed = page.get_by_test_id("group-list").locator("> li")
    expect(listed).to_have_count(themes)
    within = 0
    for theme in listed.all():
        theme.get_by_role("button").first.click()
        expect(theme.get_by_role("button").first).to_have_attribute("aria-expanded", "true")
        within += theme.locator(".within li").count()
    assert within == topics, "every topic is of one theme"
    # The level and the theme are in the address, so that a reload keeps them.
    page.reload()
    expect(listed.last.get_by_role("button").first).to_have_attribute("aria-expanded", "true")
    topic = listed.last.locator(".within li").first.get_by_role("button")
    called = topic.locator(".name").inner_text()
    topic.click()
    expect(page.get_by_test_id("topic-panel").get_by_role("heading", level=2)).to_have_text(called)
    assert groups(page, "topics") == topics

    finer.click()
    assert groups(page, "subtopics") > topics
    drawn(page)
    expect(finer).to_be_disabled()
    coarser.click()
    fewer, level = groups(page, "topics"), 0
    while coarser.is_enabled():
        coarser.click()
        level += 1
        page.wait_for_url(f"**/analysis?level={level}")
        before, fewer = fewer, groups(page, "themes")
        assert fewer < before
    assert level > 0


def test_a_topics_page_tells_how_sure_it_is_and_what_became_of_it(page: Page) -> None:
    page.goto("/analysis")
    page.get_by_test_id("topic-item").first.click()
    panel = page.get_by_test_id("topic-panel")
    expect(panel.get_by_test_id("topic-stability")).to_contain_text(
        re.compile(r"^Stability \d+.%, (stable|less certain|uncertain)\. Stability is agreement under subsampling")
    )
    expect(panel.get_by_test_id("topic-life")).to_contain_text(re.compile(r"^Found by (one analysis|\d+ analyses)"))
    below = page.locator("footer").evaluate(
        "footer => document.documentElement.scrollHeight - scrollY - footer.getBoundingClientRect().bottom"
    )
    assert below < 100, "the panel scrolls, and makes the page no longer"
    errors = panel.get_by_test_id("model-errors").first
    errors.get_by_text("What each model missed").click()
    models = column(errors.locator("tbody tr"), "th")
    assert {"naive forecast", "ARIMA(1,1,1)"} <= {one.removesuffix(", drawn") for one in models}
    assert sum(one.endswith(", drawn") for one in models) == 1
    panel.get_by_test_id("receipt").get_by_text("Receipt").click()
    expect(panel.get_by_test_id("receipt")).to_contain_text(re.compile(r"primetime opportunity explain \d+/\d+"))


def test_moved_weights_rank_anew_and_ask_for_nothing(page: Page) -> None:
    page.goto("/opportunities")
    rows = page.get_by_test_id("opportunity-row")
    expect(rows.first).to_be_visible()
    page.wait_for_load_state("networkidle")
    names = column(rows, ".topic a")
    scores = column(rows, "td.score strong")
    told = dict(zip(names, zip(column(rows, "td.parts"), column(rows, ".recommendation p"), strict=True), strict=True))
    assert scores == sorted(scores, reverse=True)
    assert rows.first.get_by_test_id("interval").is_visible()
    asked: list[str] = []

    def ask(request: Request) -> None:
        asked.append(request.url)

    page.on("request", ask)
    for part in ("novelty", "velocity"):
        page.get_by_role("slider", name=part).fill("0")
    weights = page.get_by_role("region", name="Weights")
    expect(weights).to_contain_text(re.compile(r"recency\s*100.%"))
    expect(weights).to_contain_text("Weighed and labelled by your weights")
    recency = [re.findall(r"recency ([\d.]+)", parts)[0] for parts in column(rows, "td.parts")]
    assert recency == sorted(recency, reverse=True)
    assert column(rows, "td.score strong") == recency, "by recency alone a score is its recency"
    assert page.get_by_test_id("interval").count() == 0, "an interval is of the analysis's weights"
    for name, parts, advice in zip(
        column(rows, ".topic a"), column(rows, "td.parts"), column(rows, ".recommendation p"), strict=True
    ):
        assert told.get(name, (parts, advice)) == (parts, advice)
    page.get_by_role("button", name="Reset weights").click()
    expect(weights).to_contain_text("The weights that the score was made with.")
    assert column(rows, ".topic a") == names
    assert column(rows, "td.score strong") == scores
    page.remove_listener("request", ask)
    assert asked == []


def test_gaps_are_told_with_their_sources(page: Page, platform: "Platform") -> None:
    page.goto("/gaps")
    page.get_by_label("Idea").fill(IDEA)
    page.get_by_role("button", name="Find gaps").click()
    expect(page.get_by_test_id("gaps-read")).to_contain_text(re.compile(r"Read: the [\d,]+ nearest articles"))
    for heading in ("Concepts that rarely meet", "Evidence", "Nearest prior work", "Who leads"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_test_id("article-row").first).to_be_visible()
    page.reload()  # the idea is in the address
    expect(page.get_by_label("Idea")).to_have_value(IDEA)
    needs = page.get_by_test_id("needs").get_by_role("listitem")
    if platform.real:
        expect(needs.first).to_be_visible()
        # A sentence that is quoted stands in the abstract that it is quoted from.
        quoted = " ".join(needs.first.locator("blockquote").inner_text().split())
        needs.first.get_by_role("link").click()
        page.wait_for_url("**/articles/*")
        expect(page.locator("main")).to_contain_text(quoted)


def test_the_backtest_is_shown_bad_or_good_or_why_there_is_none(page: Page, platform: "Platform") -> None:
    page.goto("/opportunities")
    page.get_by_role("link", name="Does the score foretell growth?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Does the score foretell growth?")
    judged, none = page.get_by_test_id("backtest"), page.get_by_text("The score has not been judged on this corpus yet")
    expect(judged if platform.real else judged.or_(none)).to_be_visible()
    if none.is_visible():
        expect(page.get_by_text("it needs some years with 200 articles")).to_be_visible()
        return
    figures = dict(zip(column(judged, "tbody th"), judged.locator("tbody tr").all(), strict=True))
    assert {"opportunity, 0.4/0.4/0.2", "forecast growth", "past growth continues", "naive"} <= set(figures)
    assert {f"without {part}" for part in ("novelty", "velocity", "recency")} <= set(figures)
    number = r"[+−]?\d\.\d{3}"
    cell = rf"{number} \({number} to {number}\)"
    for name, row in figures.items():
        of = cell if name == "past growth continues" else f"{cell} {cell}"
        assert all(re.fullmatch(of, told) for told in column(row, "td")), (name, column(row, "td"))
    expect(page.get_by_test_id("todays")).to_contain_text("Four things are today’s and not T’s")
    chosen = page.get_by_test_id("other-weights")
    chosen.get_by_text("What was chosen at each year").click()
    assert chosen.locator("tbody tr").count() > 0
