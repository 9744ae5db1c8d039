"""Access specs in the docs load: whole ones, parts of one, and single users."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from tests.docs.reading.pages import Block, of_kind

FRAME: dict[str, Any] = {
    "version": 1,
    "databases": [
        {
            "name": "app",
            "schemas": [{"name": "foo", "owner": "app_owner"}, {"name": "bar", "owner": "app_owner"}],
        }
    ],
}
"""What a part of a spec stands in: `yaml access part` gives or replaces keys of the top level, `yaml access user` an
item of `users`."""


def problems(block: Block) -> Iterator[str]:
    """A sentence when the spec doesn't load."""
    try:
        AccessSpec.parse(framed(yaml.safe_load(block.text), block.info[2:]))
    except (SpecError, yaml.YAMLError) as error:
        yield f"{block.place}: {error}"


def framed(document: Any, how: tuple[str, ...]) -> Any:
    match how:
        case ():
            return document
        case ("part",):
            return {**FRAME, **document}
        case ("user",):
            return {**FRAME, "users": document}
    raise AssertionError(f"{' '.join(how)} is not a frame; allowed: part, user")


@pytest.mark.parametrize("block", of_kind("yaml access"), ids=lambda block: block.place)
def test_every_spec_loads(block: Block) -> None:
    assert list(problems(block)) == []


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ((), "version: 1\nusers: [{username: reports}]\nfoo: bar"),
        (("part",), "users: [{username: reports, grants: [{database: gone, schemas: [foo], access: read_only}]}]"),
        (("part",), "users: [{username: reports, acces: read_only}]"),
        (("user",), "- username: reports\n  auth_method: kerberos"),
        (("user",), "- username: [reports"),
    ],
)
def test_a_spec_that_does_not_load_is_seen(how: tuple[str, ...], text: str) -> None:
    assert list(problems(Block("docs/new.md", 1, ("yaml", "access", *how), text)))
