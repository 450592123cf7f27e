import pytest
from pydantic import ValidationError

from localcloud.literature.limits import Fault, Gate


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_three_a_second_without_a_key_and_ten_with_one() -> None:
    clock = Clock()
    gate = Gate(clock)
    assert [gate.over_limit("") for _ in range(4)] == [False, False, False, True]
    assert [gate.over_limit("key") for _ in range(11)] == [False] * 10 + [True]
    clock.now = 0.99
    assert gate.over_limit("")
    clock.now = 1.0
    assert not gate.over_limit("")


def test_a_fault_meets_so_many_requests_of_its_path() -> None:
    gate = Gate()
    gate.order([Fault(path="efetch", times=2, status=503)])
    assert gate.fault_for("/entrez/eutils/esearch.fcgi") is None
    assert [gate.fault_for("/entrez/eutils/efetch.fcgi") is not None for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("wrong", [{"status": 200}, {"times": 0}, {"delay": 1000}, {"statsu": 500}])
def test_a_fault_that_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Fault.model_validate(wrong)
