"""The writer refuses what isn't rows, before it connects."""

import pytest

from functions.writer.handler import handler, valid_rows


@pytest.mark.parametrize("event", [None, [], {}, {"rows": []}, {"rows": {}}, {"rows": [1]}])
def test_what_is_not_rows_is_refused(event: object) -> None:
    with pytest.raises(ValueError, match="nothing written"):
        valid_rows(event)


def test_nothing_is_connected_for_a_refused_event() -> None:
    with pytest.raises(ValueError, match="nothing written"):
        handler({"rows": []}, None)
