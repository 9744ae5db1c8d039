"""Each control, broken by hand: its line turns red. What isn't seen to fail shows nothing."""

import re

import pytest

from tests.mysql.servers import Instance
from tests.rehearsal.lines.rights.mysql.breaks import carry_out, cases
from tests.rehearsal.lines.rights.mysql.world import look, settle, small, wrong


@pytest.fixture(params=["mariadb", "mysql"])
def family(request: pytest.FixtureRequest) -> object:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(("family", "statements", "expected"), list(cases()), indirect=["family"])
def test_turns_its_line_red(instance: Instance, statements: list[str], expected: str) -> None:
    settle(instance, small())
    carry_out(instance, statements)
    found = wrong(look(instance, small()).lines)
    said = [f"{what}: {why}" for what, why in found.items()]
    assert [one for one in said if re.search(expected, one, re.DOTALL)], said
