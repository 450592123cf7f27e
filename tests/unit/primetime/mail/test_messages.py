"""E-mails as they are written."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP, default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.mail.messages import LONGEST_SUBJECT, NewPapers, Paper, new_papers_message

AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
TEXT = st.characters(exclude_categories=["Cs"])


def written(name: str, title: str = "A title", count: int = 1) -> bytes:
    paper = Paper(title=title, printed="Lancet, 2024", address="https://x.example/articles/1")
    found = NewPapers(
        search=name,
        papers=[paper],
        count=count,
        run_address="https://x.example/searches/2",
        saved_address="https://x.example/searches/saved/3",
    )
    return new_papers_message(
        found, sender="Prime Time <a@x.example>", recipient="b@x.example", message_id="<1@x.example>", at=AT
    ).as_bytes(policy=SMTP)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.text(st.characters(exclude_categories=["Cs"]))
)
def test_whatever_a_search_and_a_paper_are_called_the_headers_are_ours(name: str, title: str) -> None:
    read = message_from_bytes(written(name, title), policy=default)
    ours = "Auto-Submitted Content-Type Date From List-Unsubscribe MIME-Version Message-ID Subject To"
    assert sorted(read.keys()) == ours.split()
    assert (read["To"], read["Message-ID"]) == ("b@x.example", "<1@x.example>")
    assert len(read["Subject"]) <= LONGEST_SUBJECT


def test_a_name_that_would_be_a_header_is_one_line_of_the_subject() -> None:
    read = message_from_bytes(written("x\r\nBcc: everybody@x.example\r\n\r\nbody"), policy=default)
    assert read["Bcc"] is None
    assert read["Subject"] == "1 new paper: x Bcc: everybody@x.example body"


def test_markup_in_a_title_is_text() -> None:
    read = message_from_bytes(written("<b>", '<script src="//x">'), policy=default)
    page = read.get_body(("html",))  # type: ignore[attr-defined]
    assert "<script" not in page.get_content()
    assert "&lt;script src=&quot;//x&quot;&gt;" in page.get_content()


@pytest.mark.parametrize(
    ("count", "said"), [(1, "The run's results: https://x"), (1_201, "1,200 more are among its results: https://x")]
)
def test_what_is_not_shown_is_counted(count: int, said: str) -> None:
    read = message_from_bytes(written("asthma", count=count), policy=default)
    text = read.get_body(("plain",))  # type: ignore[attr-defined]
    assert said in text.get_content()
