import threading
import time

from primetime.encoder.turn import Turn


def test_an_urgent_one_goes_before_those_that_waited_longer() -> None:
    turn = Turn()
    served: list[str] = []

    def ask(name: str, urgent: bool) -> None:
        with turn.take(urgent=urgent):
            served.append(name)

    with turn.take(urgent=False):
        threads = []
        for name, urgent in (("bulk 1", False), ("bulk 2", False), ("query", True)):
            threads.append(threading.Thread(target=ask, args=(name, urgent)))
            threads[-1].start()
        while turn._urgent == 0:
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert served[0] == "query"
    assert sorted(served) == ["bulk 1", "bulk 2", "query"]


def test_an_error_gives_the_turn_back() -> None:
    turn = Turn()
    try:
        with turn.take(urgent=False):
            raise KeyError
    except KeyError:
        pass
    with turn.take(urgent=True):
        pass
