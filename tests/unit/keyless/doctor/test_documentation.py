"""docs/doctor.md is complete."""

import re
from pathlib import Path

from keyless.doctor.account.actions import ACTIONS
from keyless.doctor.examine import HOPS
from keyless.doctor.places import Place
from keyless.preflight.account.actions import right

TEXT = (Path(__file__).parents[4] / "docs" / "doctor.md").read_text()
HOPS_TABLE = TEXT.split("## The hops")[1].split("\n\n")[0]


def test_it_lists_exactly_the_rights_that_are_needed() -> None:
    listed = set(re.findall(r'"([a-z0-9-]+:[A-Z]\w+)"', TEXT))
    assert listed == {right(service, operation) for service, own in ACTIONS.items() for operation in own}


def test_every_right_reads() -> None:
    operations = {operation for own in ACTIONS.values() for operation in own}
    assert [one for one in operations if not one.startswith(("Describe", "Get", "Simulate"))] == []


def test_it_has_a_row_for_each_hop_in_their_order() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", HOPS_TABLE, re.MULTILINE)
    assert rows[1:] == [str(hop.place) for hop in HOPS]


def test_each_place_has_its_hop_and_they_are_in_order() -> None:
    assert [hop.place for hop in HOPS] == list(Place)
