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


def test_as_many_go_at_once_as_there_are_places() -> None:
    turn = Turn(2)
    inside: list[str] = []
    both, leave = threading.Barrier(3), threading.Event()

    def work(name: str) -> None:
        with turn.take(urgent=False):
            inside.append(name)
            if len(inside) <= 2:
                both.wait(10)
                leave.wait(10)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    both.wait(10)
    assert len(inside) == 2
    leave.set()
    for thread in threads:
        thread.join()
    assert sorted(inside) == ["a", "b", "c"]
