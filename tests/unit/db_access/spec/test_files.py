"""Whatever a file is, it is read or refused in a sentence of ours, with its line where it has one."""

import json
import os
import re
import threading
from pathlib import Path

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from db_access.spec.files.document import MOST_BYTES
from tests.unit.db_access.spec.test_every_field import NOT_OURS

SPEC = """\
databases:
  - {name: app, schemas: [{name: foo, owner: app_owner}]}
users:
  - username: writer
    grants:
      - {database: app, schemas: [foo], access: read_only}
"""
LINES = SPEC.count("\n")
BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))


def user(*fields: str) -> str:
    """The spec with another user, on its last line."""
    return f"{SPEC}  - {{username: other, {', '.join(fields)}}}\n"


READ: dict[str, bytes] = {
    "byte order mark.yaml": SPEC.encode("utf-8-sig"),
    "line ends of Windows.yaml": SPEC.replace("\n", "\r\n").encode(),
    "carriage returns.yaml": SPEC.replace("\n", "\r").encode(),
    "alias.yaml": user("databases: &apps [app]", "description: a").encode()
    + b"  - {username: third, databases: *apps}\n",
    "lists of settings.yaml": user("settings: {search_path: [foo, bar], temp_tablespaces: []}").encode(),
    "settings.yaml": user("settings: {statement_timeout: 5, jit: off, seq_page_cost: 1.5, work_mem: 4MB}").encode(),
}
REFUSED: dict[str, tuple[str | bytes, int | None, str]] = {
    "nothing.yaml": ("", None, "nothing is in it; allowed: a mapping with `databases`"),
    "a comment.yaml": ("# later\n", None, "nothing is in it"),
    "nothing.json": ("", 1, "a value is missing"),
    "bytes.yaml": (bytes(range(256)), 2, "not text in UTF-8"),
    "bytes.json": (bytes(range(256)), 2, "not text in UTF-8"),
    "Latin-1.yaml": (SPEC.replace("foo", "fö").encode("latin-1"), 2, "not text in UTF-8"),
    "UTF-16.yaml": (SPEC.encode("utf-16"), 1, "not text in UTF-8"),
    "NUL.yaml": ("databases:\0\n", 1, "the character U+0000"),
    "tab.yaml": (SPEC.replace("  - {", "\t- {"), 2, "a tab; allowed: spaces"),
    "mark.json": ("\ufeff{}", 1, "a byte order mark"),
    "twice.yaml": (f"{SPEC}users: []\n", LINES + 1, "key 'users' is given twice; allowed: once"),
    "twice.json": ('{"users": [],\n\n "users": []}', 3, "key 'users' is given twice; allowed: once"),
    "null twice.yaml": ("~: 1\nnull: 2\n", 2, "key 'null' is given twice"),
    "contains itself.yaml": ("databases: &a\n  - *a\n", 1, "one contains itself by its alias"),
    "root contains itself.yaml": ("&a {databases: *a}\n", 1, "one contains itself by its alias"),
    "aliases of aliases.yaml": (BOMB, 1, "it has more than 2,000,000 values, as its aliases (`*name`) repeat them"),
    "no anchor.yaml": ("users:\n  *nobody\n", 2, "an alias, `*name`, without its anchor"),
    "merge.yaml": (user("<<: {enabled: false}"), LINES + 1, "`<<`, which merges one mapping into another"),
    "merge of text.yaml": (user("<<: text"), LINES + 1, "`<<`, which merges one mapping into another"),
    "key of a list.yaml": ("users: []\n? [a]\n: b\n", 2, "a key that is itself a list or a mapping; allowed: text"),
    "key of a mapping.yaml": ("{a: b}: c\n", 1, "a key that is itself a list or a mapping; allowed: text"),
    "date.yaml": ("users: 2020-13-45\n", 1, "'2020-13-45' is a date that there isn't"),
    "long.yaml": (user(f"connection_limit: {'9' * 5000}"), LINES + 1, "a number of 5,000 characters"),
    "long hex.yaml": (user(f"connection_limit: 0x{'f' * 6000}"), LINES + 1, "a number of 6,002 characters"),
    "long.json": (f'{{"users":\n {"9" * 5000}}}', 2, "a number of 5,000 characters"),
    "infinite.yaml": (user("connection_limit: .inf"), LINES + 1, "inf is not allowed; allowed: a whole number"),
    "NaN.json": ('{"databases": [{"name": "app"}], "version": NaN}', 1, "nan is not allowed; allowed: 1"),
    "half a pair.json": ('{"databases": [{"name": "\\ud800"}]}', 1, "contains U+D800"),
    "set.yaml": ("users: []\ngroups: !!set {a, b}\n", 2, "a tag, `!...`; allowed: plain values"),
    "pairs.yaml": ("users: !!pairs [a]\n", 1, "a tag, `!...`; allowed: plain values"),
    "omap.yaml": ("users: !!omap x\n", 1, "a tag, `!...`; allowed: plain values"),
    "bytes in base64.yaml": ("users: !!binary aGk=\n", 1, "a tag, `!...`; allowed: plain values"),
    "object.yaml": ("users: !!python/object/apply:os.system [id]\n", 1, "a tag, `!...`; allowed: plain values"),
    "handle.yaml": ("users: !x!y z\n", 1, "a tag, `!...`; allowed: plain values"),
    "number.yaml": ("users: !!int x\n", 1, "a tag, `!!...`, that its value doesn't fit"),
    "directive.yaml": ("%YAML 9.9\n---\nusers: []\n", 1, "a directive, `%...`"),
    "escape.yaml": ('users: "a\\q"\n', 1, "a backslash that YAML doesn't know"),
    "behind a bar.yaml": ("users: |x\n  a\n", 1, "something behind `|` or `>`"),
    "list of a setting.yaml": (user("settings: {work_mem: [1]}"), LINES + 1, "a list is not allowed; allowed: text, a number, "),
    "mapping of a setting.yaml": (user("settings: {jit: {}}"), LINES + 1, "an empty mapping is not allowed; allowed: text, a n"),
    "setting of nothing.yaml": (user("settings: {jit: }"), LINES + 1, "it has no value; allowed: text, a number, true or f"),
    "two users by case.yaml": (f"{user()}  - username: OTHER\n", LINES + 2, "'OTHER' differs only in case from 'other', at users[1]"),
    "user and group by case.yaml": (f"{user()}groups:\n  - name: OTHER\n", LINES + 3, "'OTHER' differs only in case from the user 'o"),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_what_a_spec_may_look_like(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(READ[name])
    assert AccessSpec.load(tmp_path / name).users[0].username == "writer"


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_spec_can_not_look_like_is_said_once_in_our_words_with_its_line(tmp_path: Path, name: str) -> None:
    content, line, said = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SpecError) as refused:
        AccessSpec.load(path)
    found = [problem for problem in refused.value.problems if not problem.endswith(": is required")]
    assert len(found) == 1 and said in found[0], found
    assert re.search(rf"{re.escape(str(path))}(:\d+)?: ", found[0]), found
    assert line is None or f"{path}:{line}: " in found[0], found
    assert not NOT_OURS.search(found[0])


def test_a_file_is_read_no_further_than_a_spec_can_be(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text(SPEC + "#" * (MOST_BYTES - len(SPEC)))
    assert AccessSpec.load(path)
    with path.open("a") as file:
        file.write("#")
    with pytest.raises(
        SpecError, match=r"large\.yaml: it is larger than a spec can be; allowed: at most 10,000,000 by"
    ):
        AccessSpec.load(path)
    with pytest.raises(SpecError, match=r"/dev/zero: it is larger than a spec can be"):
        AccessSpec.load(Path("/dev/zero"))


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    """Opened again, to look for the line of a problem, it would wait for ever."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=["users: 5\n"], daemon=True)
    writer.start()
    with pytest.raises(SpecError, match=r"users, .*pipe: 5 is not allowed; allowed: a list"):
        AccessSpec.load(pipe)
    writer.join()


def test_a_misspelt_field_is_not_also_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"databases": [{"name": "app"}], "users": [{"user_name": "a"}], "retired": [{}]}))
    with pytest.raises(SpecError) as refused:
        AccessSpec.load(path)
    assert [problem.partition(";")[0] for problem in refused.value.problems] == [
        f"users[0].user_name, {path}:1: unknown field",
        f"retired[0].username, {path}:1: is required",
    ]


def test_what_is_deployed_has_lists_for_all_settings() -> None:
    """As it always had, so that a rollback finds what it knows."""
    spec = AccessSpec.parse({"databases": [{"name": "app"}], "users": [{"username": "a", "settings": {"jit": "off"}}]})
    document = spec.as_properties()
    assert document["users"][0]["settings"] == {"jit": ["off"]}
    assert AccessSpec.parse(document) == spec
