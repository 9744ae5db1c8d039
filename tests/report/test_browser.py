"""The page in a real browser: what people see, reach by keys and print, and that nothing of others runs in it."""

from keyless.report.letters import PRIVILEGES, WAYS
from tests.report.conftest import HOSTILE, SCRIPT, Seen

SECTIONS = (
    "At a glance",
    "The way to the database",
    "Who can do what",
    "What a sync would change",
    "The proof",
    "What was tried",
    "Drift over time",
    "Sources",
)


def test_it_loads_nothing_and_has_no_error(seen: Seen) -> None:
    assert (seen["requests"], seen["console"]) == ([], [])


def test_no_rule_of_accessibility_is_broken(seen: Seen) -> None:
    """Contrast among them, light, dark, on a telephone and without colours."""
    assert seen["axe"] == {"light": [], "dark": [], "narrow": [], "colourless": []}
    assert seen["axeRules"] > 90


def test_hostile_names_are_text(seen: Seen) -> None:
    assert (seen["dialogs"], seen["injected"], seen["scripts"]) == ([], 0, 1)
    assert {name for name in seen["names"] if name in HOSTILE} == set(HOSTILE[:2])
    assert "\u05e9\u05dc\u05d5\u05dd\\u202e'\" \\x1b[31m&lt;" in seen["names"]


def test_the_policy_keeps_out_what_would_be_let_in_by_a_mistake(seen: Seen) -> None:
    attack = seen["attack"]
    assert attack["ran"] is False
    assert {directive for directive, _ in attack["refused"]} == {"img-src", "script-src-attr", "script-src-elem"}


def test_keys_reach_every_cell_and_its_routes_are_told(seen: Seen) -> None:
    keys = seen["keys"]
    at = {key: tuple(step["at"]) for key, step in keys.items()}
    last = at["End"][1]
    assert at == {
        "entered": (1, 1),
        "ArrowRight": (1, 2),
        "ArrowDown": (2, 2),
        "End": (2, last),
        "Home": (2, 1),
        "ArrowUp": (1, 1),
        "ArrowLeft": (1, 1),  # no cell is farther left
    }
    assert last == seen["columns"]
    assert "CONNECT: G group: a grant to readers, by memberships the user -> readers" in keys["entered"]["panel"]
    assert keys["Home"]["panel"] == "lambda_writer, database app CONNECT: D direct: a grant to the user"
    assert (seen["stops"], seen["outline"]) == (2, "solid")  # one in each matrix


def test_the_mouse_shows_the_same(seen: Seen) -> None:
    assert seen["hovered"] == "rdsadmin, schema public USAGE, CREATE: S superuser: the user is a superuser"


def test_the_table_of_routes_says_each_route_in_words(seen: Seen) -> None:
    found = {(place, way.split(": ")[0]) for place, _, way, _ in seen["routes"]}
    assert ("1 table in bar", "V definer object") in found
    assert {way[2:] for _, way in found} == {"direct", "group", "PUBLIC", "ownership", "superuser", "definer object"}
    assert [
        "3 tables in foo",
        "SELECT, INSERT, UPDATE, DELETE on 1 of 3",
        "D direct: a grant to the user",
        "lambda_writer",
    ] in seen["routes"]


def test_the_filter_hides_what_does_not_match_and_says_how_much_is_shown(seen: Seen) -> None:
    found = seen["filter"]
    assert found["users"]["users"] == ["ana", "ana"]
    assert found["users"]["objects"] == found["all"]["objects"]
    total = len(set(seen["names"]))
    assert found["users"]["said"] == f"Shown: 1 of {total} users, {len(found['all']['objects'])} of {len(found['all']['objects'])} object classes"  # fmt: skip
    assert found["both"]["objects"] == ["3 tables in foo", "1 sequence in foo", "1 function in foo"]
    assert found["both"]["stops"] == 1  # the other matrix has no such object
    assert 0 < found["routes"] < found["allRoutes"]
    assert (found["none"]["users"], found["none"]["said"].startswith(f"Shown: 0 of {total} users")) == ([], True)
    assert seen["live"] == "status"


def test_it_is_understood_without_colours(seen: Seen) -> None:
    """Letters in each cell, a sign and words in each verdict."""
    assert seen["forced"] is True
    privileges, ways = {*PRIVILEGES.values(), *"()~"}, set(WAYS.values())
    assert all(said and by and set(said) <= privileges and set(by) <= ways for said, by in seen["cells"])
    verdicts = [text for text, _ in seen["colourless"] if text[:1] in "✓✗○"]
    assert len(verdicts) > 8
    assert all(len(text) > 3 for text in verdicts)
    assert [text for text, differs in seen["colourless"] if not differs] == []


def test_every_section_is_printed_on_white_and_no_control_is(seen: Seen) -> None:
    assert tuple(seen["sections"]) == SECTIONS
    assert [title for title in SECTIONS if f"/Title ({title})".encode() not in seen.pdf] == []
    printed = {
        "hidden": 0,
        "controls": 0,
        "forced": False,
        "ground": "rgb(255, 255, 255)",
        "shade": "rgb(120, 167, 216)",
    }
    assert seen["printed"] == printed


def test_without_scripts_every_user_is_there(seen: Seen) -> None:
    assert {SCRIPT, "lambda_writer", "rdsadmin"} <= set(seen["scriptless"])


def test_no_page_is_wider_than_a_telephone(seen: Seen) -> None:
    assert seen["overflow"] == 0
