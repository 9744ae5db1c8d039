"""What a variant adds to the app's context."""

from keyless.rehearsal.stage.variant import Variant


def test_the_context_holds_only_what_differs_from_the_environment() -> None:
    assert Variant().context == {}
    assert Variant("instance", "C").context == {"database": "instance", "pattern": "C"}
    assert Variant(pattern="B").context.keys() == {"pattern", "access"}
    assert Variant(pattern="C", users="password").context.keys() == {"pattern", "access"}
