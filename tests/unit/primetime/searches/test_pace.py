from primetime.searches.pace import Rate, seconds_left


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_rate_is_measured_over_all_batches() -> None:
    clock = Clock()
    rate = Rate(None, clock=clock)
    assert rate.best is None
    rate.begin()
    clock.now += 10
    rate.add(200)
    rate.add(100)
    assert rate.best == rate.measured == 30


def test_before_the_first_batch_it_is_that_of_searches_before() -> None:
    rate = Rate(12.5)
    rate.begin()
    assert (rate.measured, rate.best) == (None, 12.5)


def test_time_left_adds_up_and_is_unknown_where_a_rate_is() -> None:
    assert seconds_left(100, 50.0, 60, 20.0) == 5.0
    assert seconds_left(0, None, 60, 20.0) == 3.0
    assert seconds_left(1, None, 60, 20.0) is None
    assert seconds_left(0, None, 0, None) == 0
