"""An export that is too large to wait for: made by the worker, kept in the bucket, fetched by its link."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
from playwright.sync_api import Download, Page, expect

if TYPE_CHECKING:
    from conftest import Platform

ASK = """() => fetch('/api/v1/exports', {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({format: 'excel'})
}).then(answer => answer.status)"""


def test_a_large_export_is_made_by_the_worker_and_fetched_by_its_link(
    page: Page, platform: "Platform", save: Callable[[Download], Path]
) -> None:
    page.goto("/articles")
    expect(page.get_by_test_id("article-row").first).to_be_visible()
    if platform.real:
        page.get_by_test_id("export").click()
        page.get_by_role("button", name="Excel").click()
        page.wait_for_url("**/exports")
    else:  # the made-up corpus is so small that the button would export it at once
        assert page.evaluate(ASK) == 202
        page.goto("/exports")
    made = page.get_by_test_id("exports").get_by_role("listitem")
    expect(made).to_have_attribute("data-state", "done", timeout=300_000)
    with page.expect_download() as waiting:
        made.get_by_role("link", name="Download").click()
    sheet = openpyxl.load_workbook(save(waiting.value)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("PMID", "Title", "Abstract")
    articles = 8_500 if platform.real else 2_900
    assert len(rows) - 1 > articles
    topic = rows[0].index("Topic")
    assert sum(bool(row[topic]) for row in rows[1:]) > articles * 0.3
    made.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("There are no exports")).to_be_visible()
