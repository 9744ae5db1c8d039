"""What a variant adds to the app's context."""

from keyless.rehearsal.stage.variant import Variant


def test_the_context_holds_what_is_asked_for_and_nothing_else() -> None:
    assert Variant().context == {}
    assert Variant(pattern="A").context == {"pattern": "A"}  # the environment may have another
    assert Variant("aurora").context == {"database": "aurora"}
    assert Variant("instance", "C").context == {"database": "instance", "pattern": "C"}
    assert Variant(pattern="B").context.keys() == {"pattern", "users"}
    assert Variant(pattern="C", users="password").context.keys() == {"pattern", "users"}
