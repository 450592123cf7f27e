import pytest
from pydantic import ValidationError

from localcloud.faults.rules import Fault, FaultBook, Kind


def drawn(book, calls=200, operation="CreateInstances"):
    return [fault.kind if (fault := book.draw("lightsail", operation)) else None for _ in range(calls)]


def test_the_same_calls_meet_the_same_faults_and_a_seed_gives_others(tmp_path):
    runs = []
    for number, seed in enumerate((7, 7, 8)):
        book = FaultBook(tmp_path / f"{number}.json")
        book.add(Fault(kind=Kind.THROTTLE, share=0.3, seed=seed))
        runs.append(drawn(book))
    assert runs[0] == runs[1] != runs[2]
    assert 30 <= runs[0].count(Kind.THROTTLE) <= 90


def test_a_restart_goes_on_where_the_faults_were(tmp_path):
    whole, halves = FaultBook(tmp_path / "whole.json"), FaultBook(tmp_path / "halves.json")
    for book in (whole, halves):
        book.add(Fault(kind=Kind.LOSE_REPLY, share=0.5))
    first = drawn(halves, 50)
    assert first + drawn(FaultBook(tmp_path / "halves.json"), 50) == drawn(whole, 100)


def test_a_count_ends_a_fault_and_patterns_choose_the_calls(tmp_path):
    book = FaultBook(tmp_path / "faults.json")
    book.add(Fault(kind=Kind.ERROR, operation="Create*", service="lightsail", count=2))
    assert book.draw("lightsail", "GetInstances") is None
    assert book.draw("s3", "CreateBucket") is None
    assert drawn(book, 3) == [Kind.ERROR, Kind.ERROR, None]


def test_cleared_is_cleared_on_disk_too(tmp_path):
    book = FaultBook(tmp_path / "faults.json")
    book.add(Fault(kind=Kind.SLOW))
    assert book.clear() == 1
    assert FaultBook(tmp_path / "faults.json").listed().faults == []


@pytest.mark.parametrize("wrong", [{"share": 0}, {"share": 1.1}, {"count": 0}, {"seconds": -1}, {"unknown": 1}])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValidationError):
        Fault(kind=Kind.SLOW, **wrong)
