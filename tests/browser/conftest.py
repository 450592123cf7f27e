"""A real browser, through the edge, and pages of somebody who is signed in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Download, Page, expect, sync_playwright

if TYPE_CHECKING:
    from conftest import Platform

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def sign_in(platform: "Platform") -> Callable[[Page], None]:
    def sign_in(page: Page) -> None:
        page.goto("/articles?q=nothing")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        page.get_by_label("E-mail").fill(platform.summary["administrator_email"])
        page.get_by_label("Password").fill(platform.summary["administrator_password"])
        page.get_by_role("button", name="Sign in").click()
        # Whoever was sent away to sign in comes back to where they were going.
        page.wait_for_url("**/articles?q=nothing")

    return sign_in


@pytest.fixture(scope="module")
def page(browser: Browser, platform: "Platform", sign_in: Callable[[Page], None]) -> Iterator[Page]:
    """A page of somebody signed in; it remembers every message of the console and every failed request."""
    context = browser.new_context(
        base_url=platform.url, viewport={"width": 1280, "height": 860}, accept_downloads=True, locale="en-GB"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page)
    complaints.clear()  # being refused before signing in is told by the console as an error
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def save(page: Page, tmp_path: Path) -> Callable[[Download], Path]:
    """Saves a download. Of one that failed the browser tells no reason, so the same address is asked once more."""

    def save(download: Download) -> Path:
        failure = download.failure()
        if failure is not None:
            again = page.request.get(download.url)
            pytest.fail(f"{failure}: {download.url} answers {again.status} {again.text()[:300]}")
        download.save_as(tmp_path / download.suggested_filename)
        return tmp_path / download.suggested_filename

    return save
