"""A rehearsal is punctual unless it is told to be slow, and then it is late in every way that there is."""

from dataclasses import fields

from keyless.rehearsal.delays import PUNCTUAL, SLOW, Delays

WAYS = [field.name for field in fields(Delays) if field.name != "seed"]


def test_nothing_is_late_by_default() -> None:
    assert [name for name in WAYS if getattr(PUNCTUAL, name)] == []


def test_slow_is_late_in_every_way() -> None:
    assert [name for name in WAYS if not getattr(SLOW, name)] == []
