"""Files that careless editors damage: each edit either says just what was meant, or is refused and leaves the file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless.editing import users
from keyless.editing.difference import difference
from keyless.editing.edits import Document, Edit
from keyless.editing.errors import EditError
from keyless.editing.text import SpecText

HEAD = "version: 1\ndatabases: [{name: app}]\n"
TWO = (
    f"{HEAD}users:\n- username: a  # first\n  description: '#no'   # yes\n# between\n- {{username: b, enabled: true}}\n"
)


def disable(name: str, text: str, suffix: str = ".yaml") -> str:
    return _after(text, lambda document: users.altered(document, name, {"enabled": False}), suffix)


def create(text: str, suffix: str = ".yaml") -> str:
    return _after(text, lambda document: users.created(document, "new", {"databases": ["app"]}), suffix)


def drop(name: str, text: str, suffix: str = ".yaml") -> str:
    return _after(text, lambda document: users.dropped(document, name, keep_role=True), suffix)


def _after(text: str, edits: Callable[[Document], list[Edit]], suffix: str) -> str:
    before = SpecText(text, Path(f"access{suffix}"))
    return before.after(edits(before.document)).text


def test_the_style_of_each_place_is_taken() -> None:
    assert disable("a", TWO) == TWO.replace("# first\n", "# first\n  enabled: false\n")
    assert disable("b", TWO) == TWO.replace("true", "false")
    assert create(TWO) == f"{TWO}- username: new\n  databases: [app]\n"
    assert drop("a", TWO) == f"{HEAD}users:\n# between\n- {{username: b, enabled: true}}\n"


def test_a_list_that_loses_its_last_item_is_an_empty_one_and_can_grow_again() -> None:
    one = f"{HEAD}users: # all of them\n  # the writer\n  - username: a\n    description: x\n  # end\n"
    none = drop("a", one)
    assert none == f"{HEAD}users: [] # all of them\n  # the writer\n  # end\n"
    assert create(none) == none.replace("[]", "[{username: new, databases: [app]}]")


def test_a_comment_in_brackets_stays_with_its_own_item() -> None:
    text = f"{HEAD}users: [\n  {{username: a}},   # first\n  {{username: b}}    # second\n]\n"
    more = text.replace(
        "{username: b}    # second\n", "{username: b},    # second\n  {username: new, databases: [app]}\n"
    )
    assert create(text) == more
    assert create(text.replace("\n", "\r\n")) == more.replace("\n", "\r\n")
    assert drop("a", text) == text.replace("  {username: a},   # first\n", "  # first\n")


def test_commas_may_begin_a_line_below_a_comment() -> None:
    text = f"{HEAD}users: [ {{username: a}} # first\n  , {{username: b}} # second\n  , {{username: c}} # third\n]\n"
    assert drop("a", text) == text.replace("{username: a} ", "").replace("first\n  ,", "first\n  ")
    assert drop("b", text) == text.replace("{username: b} ", "").replace("second\n  ,", "second\n  ")
    assert drop("c", text) == text.replace("{username: c} ", "")


def test_a_comment_in_brackets_stays_when_nobody_is_left_in_them_and_when_somebody_comes() -> None:
    none = f"{HEAD}users: [  # nobody yet\n  # but soon\n]  # end\n"
    assert create(none) == none.replace("]  # end", "{username: new, databases: [app]}]  # end")
    one = none.replace("\n]  #", "\n  {username: a}  # the first\n]  #")
    assert drop("a", one) == one.replace("{username: a}  # the", "# the")
    assert create(drop("a", one)) == one.replace("{username: a}  # the", "# the").replace(
        "]  # end", "{username: new, databases: [app]}]  # end"
    )


@pytest.mark.parametrize("indent", ["\t", "    "])
def test_json_keeps_its_indentation(indent: str) -> None:
    text = '{\n>"version": 1,\n>"databases": [{"name": "app"}],\n>"users": [\n>>{"username": "a"}\n>]\n}'.replace(
        ">", indent
    )
    assert create(text, ".json") == text.replace(
        '"a"}\n', f'"a"}},\n{indent * 2}{{"username": "new", "databases": ["app"]}}\n'
    )
    assert disable("a", text, ".json") == text.replace('"a"}', '"a", "enabled": false}')
    assert drop("a", text, ".json") == text.replace(f'\n{indent * 2}{{"username": "a"}}\n{indent}', "")


def test_a_byte_order_mark_line_ends_and_a_missing_last_one_stay() -> None:
    text = f"\ufeff{TWO}".replace("\n", "\r\n").removesuffix("\r\n")
    assert create(text) == f"{text}\r\n- username: new\r\n  databases: [app]"
    assert disable("a", text).count("\r\n") == disable("a", text).count("\n") == text.count("\n") + 1


def test_what_stands_before_the_first_and_after_the_last_document_mark_stays() -> None:
    text = f"%YAML 1.1\n---\n{TWO}...\n# the end\n"
    assert create(text) == text.replace("...", "- username: new\n  databases: [app]\n...")
    assert "retired:\n  - username: a\n    drop: true\n...\n" in _after(
        text, lambda document: users.dropped(document, "a", keep_role=False), ".yaml"
    )


ELSEWHERE = {
    "the field is an alias": "- {username: b, enabled: &t true}\n- {username: a, enabled: *t}\n",
    "an alias stands for the field": "- {username: a, enabled: &t true}\n- {username: b, can_login: *t}\n",
    "an alias stands for what is in it": "- username: b\n  groups: &g []\n- username: a\n  enabled: true\n  databases: *g\n",
}


@pytest.mark.parametrize("users_", [*ELSEWHERE.values()][:2], ids=[*ELSEWHERE][:2])
def test_what_would_change_something_else_is_refused(users_: str) -> None:
    text = f"{HEAD}users:\n{users_}"
    AccessSpec.parse(SpecText(text, Path("a.yaml")).document)
    with pytest.raises(EditError, match=r"access.yaml can't be changed in this place without .*an anchor"):
        disable("a", text)


def test_what_others_are_made_of_is_not_dropped() -> None:
    text = f"{HEAD}users:\n{ELSEWHERE['an alias stands for the field']}"
    with pytest.raises(EditError, match="can't be changed in this place"):
        drop("a", text)
    assert drop("b", text) == text.replace("- {username: b, can_login: *t}\n", "")


def test_a_last_value_that_is_an_alias_ends_where_it_is_written() -> None:
    text = f"{HEAD}users:\n{ELSEWHERE['an alias stands for what is in it']}# end\n"
    assert create(text) == text.replace("# end", "- username: new\n  databases: [app]\n# end")
    assert disable("a", text) == text.replace("true", "false")


def test_an_anchor_in_the_way_of_nobody_is_in_nobodys_way() -> None:
    text = f"{HEAD}users:\n- username: a\n  databases: &d [app]\n- username: b\n  databases: *d\n"
    assert create(text) == f"{text}- username: new\n  databases: [app]\n"
    assert drop("b", text) == f"{HEAD}users:\n- username: a\n  databases: &d [app]\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{TWO}version: 1\n", "key 'version' is given twice"),
        (f"{HEAD}users:\n\t- username: a\n", "a tab"),
        (f"{HEAD}users:\n- username: a\n- username: a\n", "is already declared"),
        (f"{HEAD}users: 5\n", r"users, access.yaml: 5 is not allowed"),
        (f"{HEAD}users: [a]\n", r"users\[0\]"),
        ("", "document"),
        ("username: a\n", "is one user; allowed: a spec, or a file with `users`"),
        (f"{HEAD}users:\n- username: a\n  settings: {{}}\n  grants: [{{}}]\n", "is required"),
    ],
)
def test_what_is_wrong_is_said_in_the_specs_words(text: str, problem: str) -> None:
    for edit in (create, lambda text: disable("a", text)):
        with pytest.raises(SpecError, match=problem):
            edit(text)


def test_a_file_that_is_wrong_can_be_put_right() -> None:
    wrong = f"{TWO}- {{username: c, enabld: true}}\n"
    with pytest.raises(SpecError, match="enabld"):
        create(wrong)
    assert drop("c", wrong) == TWO


def test_user_files_are_edited_and_take_nobody_away() -> None:
    text = '{"users": [{"username": "a", "auth_method": "password", "password": "hunter2"}]}'
    assert "enabled" in disable("a", text, ".json")
    with pytest.raises(EditError, match="additive, which takes nobody's access away; allowed: disable-user a"):
        drop("a", text, ".json")


def test_options_of_a_membership_stay() -> None:
    text = f"{HEAD}groups: [{{name: g}}, {{name: h}}]\nusers:\n- username: a\n  groups: [{{name: g, admin: true}}]\n"

    def edits(document: Document) -> list[Edit]:
        return users.altered(document, "a", {"groups": ["h", "g"]})

    assert _after(text, edits, ".yaml").endswith("groups: [h, {name: g, admin: true}]\n")


@pytest.mark.parametrize(
    "value", ["no", "null", "a: b", "x #y", "it's", '"', "5", "-", "2031-01-31", "é", "@", "*", "{"]
)
def test_a_text_that_yaml_takes_for_more_is_quoted(value: str) -> None:
    before = SpecText(TWO, Path("access.yaml"))
    after = before.after(users.altered(before.document, "a", {"description": value}))
    assert after.document["users"][0]["description"] == value


def test_the_difference_shows_no_password() -> None:
    text = f"{HEAD}users:\n- username: a\n  auth_method: password\n  password: &p hunter2\n- {{username: b, password: *p}}\n"
    for suffix, body in ((".yaml", text), (".json", '{"users": [{"username": "a", "password": "hunter2"}]}')):
        before = SpecText(body, Path(f"access{suffix}"))
        after = before.after(users.altered(before.document, "a", {"enabled": False}))
        shown = difference(before, after)
        assert "enabled" in shown and "hunter2" not in shown and "<redacted>" in shown


EDITS = [create, lambda text: disable("a", text), lambda text: drop("a", text)]


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("odd", ["\r", "\u2028", "\x85"])
def test_line_ends_that_only_yaml_knows_are_refused(odd: str, edit: Callable[[str], str]) -> None:
    text = TWO.replace("\n", odd)
    assert AccessSpec.parse(SpecText(text, Path("access.yaml")).document).users
    with pytest.raises(EditError, match="can't be changed in this place"):
        edit(text)


@pytest.mark.parametrize("edit", EDITS)
def test_a_tab_behind_a_dash_is_refused_as_by_a_check(edit: Callable[[str], str]) -> None:
    with pytest.raises(SpecError, match=r"access.yaml:4: not valid YAML: a tab; allowed: spaces"):
        edit(f"{HEAD}users:\n-\tusername: a\n-\tusername: b\n")
