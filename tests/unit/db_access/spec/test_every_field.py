"""Every field of a spec, found by looking: what it can't have is refused with its place, the name of what it belongs to, file
and line, in plain words. A field yet to come is held to the same."""

import json
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import pytest
import yaml
from pydantic import BaseModel

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from db_access.spec.model.forms import IN_WORDS
from db_access.spec.places import Place, place_text

GRANT = {"database": "app", "schemas": ["foo"], "tables": ["SELECT"]}
WHOLE: dict[str, Any] = {
    "version": 1,
    "managed_by": "orders",
    "take_over": ["older"],
    "databases": [{"name": "app", "schemas": [{"name": "foo", "owner": "foo_owner", "creators": ["maker"]}]}],
    "owners": [{"name": "foo_owner", "groups": [{"name": "readers"}], "grants": [GRANT]}],
    "groups": [{"name": "readers", "groups": [{"name": "pg_monitor"}], "grants": [GRANT]}, {"name": "helpers"}],
    "users": [
        {
            "username": "writer",
            "groups": [{"name": "readers"}],
            "may_have": [{"group": "helpers", "at_most": "1h"}],
            "settings": {"jit": "off"},
            "grants": [GRANT],
        }
    ],
    "retired": [{"username": "leaver"}],
    "acknowledged": [{"username": "dba", "reason": "on call"}],
}
"""One of everything that has a model."""

NAMES = {
    "databases": "app",
    "owners": "foo_owner",
    "groups": "readers",
    "users": "writer",
    "retired": "leaver",
    "acknowledged": "dba",
}


def _models(model: type[BaseModel], value: Any, place: Place = ()) -> Iterator[tuple[Place, type[BaseModel]]]:
    yield place, model
    for name, field in model.model_fields.items():
        arms = [field.annotation]
        arms = [arm for a in arms for arm in (get_args(a) if get_origin(a) in (Union, types.UnionType, tuple) else [a])]
        for inner in arms:
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                assert isinstance(value[name][0], dict), (
                    f"WHOLE lacks an example of {inner.__name__} in {place_text(place)}"
                )
                yield from _models(inner, value[name][0], (*place, name, 0))


FIELDS = [(place, name) for place, model in _models(AccessSpec, WHOLE) for name in model.model_fields]
IDS = [place_text(place, name) for place, name in FIELDS]
each_field = pytest.mark.parametrize(("place", "field"), FIELDS, ids=IDS)

NOT_OURS = re.compile(
    r"Input should|String should|Tuple|List should|Extra inputs|type=|instance of|dictionary|NoneType|pydantic|Value error"
    r"|Keys should|valid (string|boolean|integer|datetime|tuple)|match pattern|another value|None\b|datetime\.|codec"
    r"|unhashable|invalid literal|could not convert|Exceeds the limit|surrogates|True\b|False\b|Error\b"
)
"""Words of pydantic and of Python."""


def _changed(place: Place, field: str, value: Any) -> dict[str, Any]:
    whole = json.loads(json.dumps(WHOLE))
    inner = whole
    for step in place:
        inner = inner[step]
    inner[field] = value
    return dict(whole)


def _refused(path: Path, document: dict[str, Any]) -> tuple[str, ...]:
    path.write_text(yaml.dump(document, sort_keys=False))
    with pytest.raises(SpecError) as refused:
        AccessSpec.load(path)
    return refused.value.problems


def _line(path: Path, field: str, place: Place) -> int:
    """Where the file has the field."""
    lines, start = path.read_text().splitlines(), 0
    for depth, step in enumerate((*place, field)):
        if isinstance(step, str):
            key = re.compile(rf"[\s-]+{step}:" if depth else f"{step}:")
            start = next(n for n, line in enumerate(lines) if n >= start and key.match(line))
    return start + 1


def _exact(problem: str, path: Path, place: Place, field: str) -> bool:
    """Whether it says where the field is, by its place, the name of what it belongs to, and the file and line."""
    named = len(place) > 2 or (place and field not in ("name", "username"))
    name = rf" \({NAMES[str(place[0])]}\b.*\)" if named else r"( \(.*\))?"
    at = re.escape(place_text(place, field))
    found = re.match(rf"({at}|{re.escape(place_text(place))})\S*{name}, {re.escape(str(path))}:(\d+): ", problem)
    return found is not None and int(found[found.lastindex or 1]) - _line(path, field, place) in range(-1, 3)


WRONG: list[Any] = [
    *(None, True, 5.5, -7, 10**30, -(10**30), float("inf"), float("nan")),
    *(
        "",
        "?\0",
        "x" * 2000,
        "x" * 70,
        "a\nb",
        "\u202e",
        "имя",
        "🔑" * 30,
        "${x}",
        "'",
        '"',
        "`x`",
        "null",
        "</script>",
    ),
    *([], [None], [5], [True], [[]], [["a"]], [{}], ["x"], [{"nmae": "x"}], {}, {"a": [{}]}, {"a": {"b": {"c": []}}}),
]
LONGEST = 700
"""Characters of a problem, with all that a field allows."""


def _told_twice(problems: tuple[str, ...]) -> list[str]:
    """Places of which more than one thing is said."""
    places = [problem.partition(": ")[0] for problem in problems]
    return [place for place in places if places.count(place) > 1]


@each_field
def test_a_value_of_another_kind_is_refused_with_place_name_file_and_line(
    tmp_path: Path, place: Place, field: str
) -> None:
    path, refused = tmp_path / "access.yaml", 0
    for value in WRONG:
        try:
            problems = _refused(path, _changed(place, field, value))
        except pytest.fail.Exception:
            continue  # which the field may have
        refused += 1
        assert not [problem for problem in problems if NOT_OURS.search(problem)], (value, problems)
        assert not [problem for problem in problems if f"{path}" not in problem], (value, problems)
        assert not _told_twice(problems), (value, problems)
        assert max(map(len, problems)) < LONGEST, (value, problems)
        assert all("allowed: " in problem or problem.endswith(": is required") for problem in problems), problems
        # Another name or an empty list may be wrong for what others say of it.
        of_others = all(re.search("is named|owns no schema", problem) for problem in problems)
        assert of_others or value == [] or any(_exact(problem, path, place, field) for problem in problems), problems
    assert refused >= 3 or field == "password"  # which is ignored


@each_field
def test_a_misspelt_field_is_refused_with_the_one_that_is_meant(tmp_path: Path, place: Place, field: str) -> None:
    path = tmp_path / "access.yaml"
    problems = _refused(path, _changed(place, f"{field}x", "anything"))
    wrong = [problem for problem in problems if "unknown field; did you mean " in problem]
    assert len(wrong) == 1 and f"'{field}'" in wrong[0] and _exact(wrong[0], path, place, f"{field}x")


def test_the_whole_spec_is_good(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(yaml.safe_dump(WHOLE))
    AccessSpec.load(path)


def test_every_pattern_has_words() -> None:
    def patterns(schema: Any) -> Iterator[str]:
        if isinstance(schema, dict):
            yield from [schema["pattern"]] if isinstance(schema.get("pattern"), str) else []
            yield from (found for value in schema.values() for found in patterns(value))
        elif isinstance(schema, list):
            yield from (found for value in schema for found in patterns(value))

    assert {*patterns(AccessSpec.model_json_schema())} <= IN_WORDS.keys()


@pytest.mark.parametrize("document", [None, [], [1], "text", 5, True, {5: 1}, {None: 1}, {(1, 2): 3}, {"users": 5}, {}])
def test_a_document_that_is_no_spec_at_all_is_refused_in_plain_words(tmp_path: Path, document: Any) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(yaml.dump(document))
    with pytest.raises(SpecError) as refused:
        AccessSpec.load(path)
    assert all(str(path) in problem and not NOT_OURS.search(problem) for problem in refused.value.problems), str(
        refused.value
    )


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (
            "a.yaml",
            "databases:\n  - {name: app\nusers: []\n",
            "a.yaml:3: not valid YAML: a bracket is opened and not closed, ",
        ),
        ("a.yaml", "version: 1\nusers: []\nversion: 1\n", "a.yaml:3: key 'version' is given twice; allowed: once"),
        ("a.json", '{"version": 1,\n "users": [}', "a.json:2: not valid JSON: a value is missing, or one that JSON"),
        ("a.json", '{"version": 1,\n "users": [{"username": 5}]}', "users[0].username, "),
        ("a.yaml", "username: writer\nenabld: true\n", "users[0].enabld (writer), "),
        ("nowhere.yaml", None, "nowhere.yaml: No such file or directory"),
    ],
)
def test_what_is_wrong_with_a_file_has_its_line(tmp_path: Path, name: str, text: str | None, problem: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(SpecError) as refused:
        AccessSpec.load(tmp_path / name)
    said = "\n".join(refused.value.problems)
    assert problem in said and (text is None or f"{name}:{2 if 'json' in name or 'enabld' in text else 3}: " in said), (
        said
    )


BROKEN_JSON = [
    "",
    "[",
    "{",
    "{1: 2}",
    '{"a" 1}',
    "[1 2]",
    "[1,]",
    '{"a": 1,}',
    '{"a": 1} x',
    '"open',
    '"line\nbreak"',
    '"\\x"',
    '"\\u12"',
    "[None]",
    "\ufeff{}",
]


@pytest.mark.parametrize("text", BROKEN_JSON)
def test_what_is_wrong_with_json_is_said_in_plain_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "access.json"
    path.write_text(text)
    with pytest.raises(SpecError) as refused:
        AccessSpec.load(path)
    with pytest.raises(json.JSONDecodeError) as found:
        json.loads(text)
    assert found.value.msg not in str(refused.value) and f"access.json:{found.value.lineno}: not valid JSON: " in str(
        refused.value
    )


@pytest.mark.parametrize(
    ("written", "shown"), [("no", "false"), ("5", "5"), ("2031-01-31", "2031-01-31"), ("1.5", "1.5"), ("on", "true")]
)
def test_a_text_that_yaml_takes_for_something_else_is_shown_and_to_be_quoted(
    tmp_path: Path, written: str, shown: str
) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(f"version: 1\ndatabases: [{{name: app}}]\nusers:\n  - username: {written}\n")
    with pytest.raises(SpecError) as refused:
        AccessSpec.load(path)
    assert f"{shown} is not allowed; allowed: text, in quotes where YAML takes it for more" in str(refused.value)


def test_a_date_without_its_time_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    user = "{username: a, auth_method: password, valid_until: 2031-01-31}"
    path.write_text(f"version: 1\ndatabases: [{{name: app}}]\nusers:\n  - {user}\n")
    with pytest.raises(SpecError, match="2031-01-31 is not allowed; allowed: a date and time with its time zone"):
        AccessSpec.load(path)


def test_many_users_are_told_apart_by_name_and_line(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    users = [{"username": f"writer_{n}", "databases": ["app" if n != 217 else "ap"]} for n in range(300)]
    problems = _refused(path, {"version": 1, "databases": [{"name": "app"}], "users": users})
    assert problems == (
        f"users[217].databases[0] (writer_217), {path}:{_line_of(path, 'writer_217') + 2}: no database is named 'ap'; did you "
        "mean 'app'? allowed: app",
    )


def _line_of(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if line.endswith(text))


@pytest.mark.parametrize("name", ["имя", "名前", "🔑"])
def test_an_iam_user_that_no_policy_can_name_is_refused_and_a_password_user_is_not(tmp_path: Path, name: str) -> None:
    user = {"username": name, "databases": ["app"]}
    document = {"databases": [{"name": "app"}], "users": [user]}
    (problem,) = _refused(tmp_path / "access.yaml", document)
    assert (
        "can't be named in an IAM policy, whose characters end at U+00FF; allowed: printable characters up to ÿ"
        in problem
    )
    AccessSpec.parse({**document, "users": [{**user, "auth_method": "password"}]})


@pytest.mark.parametrize("name", ["lambda_*", "${aws:username}", "write?"])
def test_an_iam_user_that_a_policy_would_read_as_several_is_refused(tmp_path: Path, name: str) -> None:
    document = {"databases": [{"name": "app"}], "users": [{"username": name}]}
    (problem,) = _refused(tmp_path / "access.yaml", document)
    assert (
        f"{name!r} would stand for other users too" in problem and "allowed: names without them, or another" in problem
    )


@pytest.mark.parametrize("name", ["template0", "rdsadmin", "RDSAdmin"])
def test_a_database_that_nobody_can_use_is_refused(tmp_path: Path, name: str) -> None:
    problems = _refused(tmp_path / "access.yaml", {"databases": [{"name": name}], "users": []})
    assert any(problem.startswith("databases[0].name (") and "; allowed: " in problem for problem in problems)


def test_what_new_databases_are_copied_from_has_no_schemas_and_no_users(tmp_path: Path) -> None:
    template = {"name": "template1", "schemas": [{"name": "s", "owner": "o"}]}
    users = [{"username": "u", "databases": ["template1"]}]
    problems = _refused(tmp_path / "access.yaml", {"databases": [template], "users": users})
    assert [problem.partition(" ")[0] for problem in problems] == ["databases[0].schemas", "users[0].databases[0]"]
    AccessSpec.parse({"databases": [{"name": "template1"}]})


def test_a_name_that_reads_like_what_cant_be_read_is_refused(tmp_path: Path) -> None:
    """A run would take the role that it has made itself for one whose name is no text."""
    named = {"databases": [{"name": "a\ufffd", "schemas": [{"name": "s\ufffd", "owner": "o\ufffd"}]}]}
    problems = _refused(tmp_path / "access.yaml", {**named, "users": [{"username": "u\ufffd"}]})
    assert (
        sum("contains U+FFFD, which stands for what can't be read; allowed: " in problem for problem in problems) == 4
    )
