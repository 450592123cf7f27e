"""CloudFront's state: whole changes only, and the same after a restart."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.aws.cloudfront.store import Store, marked_page, page


def test_a_change_is_on_disk_when_it_is_done(tmp_path: Path) -> None:
    store = Store(tmp_path / "cloudfront.json")
    with store.changing():
        store.table("functions")["f"] = {"Name": "f"}
    again = Store(tmp_path / "cloudfront.json")
    assert again.table("functions") == {"f": {"Name": "f"}}
    assert again.revision == store.revision == 1


def test_a_change_that_fails_did_not_happen(tmp_path: Path) -> None:
    store = Store(tmp_path / "cloudfront.json")
    with store.changing():
        store.table("functions")["f"] = {"Stages": {"DEVELOPMENT": 1}}
    with pytest.raises(RuntimeError), store.changing():
        store.table("functions")["f"]["Stages"]["DEVELOPMENT"] = 2
        store.table("distributions")["E1"] = {}
        raise RuntimeError
    assert store.table("functions") == {"f": {"Stages": {"DEVELOPMENT": 1}}}
    assert store.table("distributions") == {}
    assert store.revision == 1
    assert json.loads((tmp_path / "cloudfront.json").read_text())["revision"] == 1


def test_a_change_that_cannot_be_written_did_not_happen(tmp_path: Path) -> None:
    store = Store(tmp_path / "cloudfront.json")
    (tmp_path / "cloudfront.part").mkdir()
    with pytest.raises(IsADirectoryError), store.changing():
        store.table("functions")["f"] = {}
    assert store.table("functions") == {}
    assert store.revision == 0


@given(st.integers(0, 30), st.integers(1, 12))
def test_the_pages_of_a_listing_are_the_listing(count: int, size: int) -> None:
    items = [{"Id": f"E{number}"} for number in range(count)]
    shown, marker = [], ""
    while True:
        asked = {"Marker": marker, "MaxItems": str(size)}
        part = page(items, "Id", asked)
        shown += part.get("Items", [])
        assert part["Quantity"] == len(part.get("Items", [])) <= size
        more = "NextMarker" in part
        assert marked_page(items, "Id", asked) == part | {"Marker": marker, "IsTruncated": more}
        if not more:
            break
        marker = part["NextMarker"]
    assert shown == items
