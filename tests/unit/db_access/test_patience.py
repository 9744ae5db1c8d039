"""A call waits for its database as long as its function has time, and not that long once it has answered."""

from db_access.patience import Patience


class Lambda:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return round(self.seconds * 1000)


def test_a_function_with_fourteen_minutes_waits_more_than_ten_of_them_and_keeps_three_for_the_run() -> None:
    ready = Patience.of_call({}, Lambda(840)).waits.ready
    assert 600 < ready <= 840 - 180


def test_a_refused_token_is_not_waited_for_that_long() -> None:
    assert Patience.of_call({}, Lambda(840)).waits.settling == 60


def test_a_database_that_has_answered_is_waited_for_as_long_as_a_failover_takes() -> None:
    patience = Patience.of_call({}, Lambda(840))
    patience.answered()
    assert patience.waits.ready == 60


def test_a_short_function_waits_the_usual_time() -> None:
    assert Patience.of_call({}, Lambda(180)).waits.ready == 60


def test_a_setting_decides_for_all_of_it() -> None:
    waits = Patience.of_call({"CONNECT_SECONDS": "1.5"}, Lambda(840)).waits
    assert (waits.settling, waits.ready) == (1.5, 1.5)
