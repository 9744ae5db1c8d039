"""The access spec: valid ones load, wrong ones are refused with all problems at once."""

import json
from pathlib import Path
from typing import Any

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec, json_schema
from tests.spec_problems import bare

SAMPLE = Path(__file__).parents[3] / "sample_access.yaml"
DATABASE = {"name": "app", "schemas": [{"name": "foo", "owner": "app_owner"}, {"name": "bar", "owner": "other_owner"}]}


def problems(**changes: Any) -> tuple[str, ...]:
    document = {"version": 1, "databases": [DATABASE], "users": [], **changes}
    with pytest.raises(SpecError) as refused:
        AccessSpec.parse(document)
    return bare(refused.value)


def user(**fields: Any) -> dict[str, Any]:
    return {"username": "u", **fields}


def as_cloudformation(value: Any) -> Any:
    """Maps and lists are kept, every other value becomes a string."""
    if isinstance(value, dict):
        return {key: as_cloudformation(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_cloudformation(item) for item in value]
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def test_the_sample_loads_and_survives_a_round_trip_through_cloudformation() -> None:
    spec = AccessSpec.load(SAMPLE)
    assert AccessSpec.parse(as_cloudformation(spec.as_properties())) == spec


def test_fields_that_differ_from_their_default_survive_a_round_trip_through_cloudformation() -> None:
    fields = {
        "can_login": False,
        "enabled": False,
        "connection_limit": 0,
        "databases": ["app"],
        "privileges": ["TEMPORARY"],
    }
    spec = AccessSpec.parse({"version": 1, "databases": [{**DATABASE, "public": "open"}], "users": [user(**fields)]})
    assert AccessSpec.parse(as_cloudformation(spec.as_properties())) == spec


def test_a_json_file_is_as_good_as_yaml(tmp_path: Path) -> None:
    path = tmp_path / "access.json"
    path.write_text(json.dumps(AccessSpec.load(SAMPLE).as_properties()))
    assert AccessSpec.load(path) == AccessSpec.load(SAMPLE)


@pytest.mark.parametrize(
    ("field", "value", "place", "says"),
    [
        ("users", [user(acess="x")], "users[0].acess", "unknown field; allowed: username, auth_method"),
        ("users", [user(enabld=True)], "users[0].enabld", "did you mean 'enabled'?"),
        ("users", [user(auth_method="passwd")], "users[0].auth_method", "allowed: 'iam', 'password' or 'none'"),
        ("users", [user(username="ü" * 32)], "users[0].username", "has 64 bytes; allowed: 1 to 63"),
        ("users", [user(username="")], "users[0].username", "has 0 bytes"),
        ("users", [user(username="rds_iam")], "users[0].username", "reserved"),
        ("users", [user(username="rdsadmin")], "users[0].username", "reserved"),
        ("users", [user(username="RDS_superuser")], "users[0].username", "reserved"),
        ("users", [user(username="pg_monitor")], "users[0].username", "reserved"),
        ("users", [user(username="public")], "users[0].username", "reserved"),
        ("users", [user(), user()], "users[1].username", "is already declared, at users[0]"),
        ("users", [user(), user(username="U")], "users[1].username", "differs only in case from 'u', at users[0]"),
        (
            "users",
            [user(username="App_Owner")],
            "databases[0].schemas[0].owner",
            "'app_owner' differs only in case from 'App_Owner', at users[0].username",
        ),
        (
            "users",
            [user(username="keyless-aurora/app/foo/read_only")],
            "users[0].username",
            "reserved for the groups of `grants: through_groups`; allowed: names that",
        ),
        ("users", [user(username="Keyless-Aurora/x")], "users[0].username", "reserved for the groups"),
        (
            "groups",
            [{"name": "keyless-aurora/x"}],
            "groups[0].name",
            "allowed: names that don't start with keyless-aurora/",
        ),
        ("groups", [{"name": "APP_OWNER"}], "groups[0].name", "'APP_OWNER' also owns or creates in a schema"),
        (
            "databases",
            [{"name": "app", "schemas": [{"name": "foo", "owner": "keyless-aurora/x"}]}],
            "databases[0].schemas[0].owner",
            "reserved for the groups",
        ),
        (
            "databases",
            [{"name": "app", "schemas": [{"name": "foo", "owner": "o", "creators": ["O"]}]}],
            "databases[0].schemas[0].creators[0]",
            "'O' differs only in case from 'o', at databases[0].schemas[0].owner",
        ),
        ("retired", [{"username": "app_owner"}], "retired[0].username", "'app_owner' is still declared"),
        *(
            ("acknowledged", [{"username": name, "reason": "on call"}], "acknowledged[0].username", says)
            for name, says in (
                ("app_owner", "'app_owner' is the spec's own; allowed: roles that the spec doesn't manage"),
                ("keyless-aurora/app/foo/read_only", "is the spec's own"),
                ("pg_monitor", "'pg_monitor' is reserved"),
                ("rds_superuser", "'rds_superuser' is reserved"),
                ("RDSADMIN", "'RDSADMIN' is reserved"),
                ("public", "'public' is reserved"),
            )
        ),
        ("acknowledged", [{"username": "dba"}], "acknowledged[0].reason", "is required"),
        (
            "acknowledged",
            [{"username": "dba", "reason": " "}],
            "acknowledged[0].reason",
            "allowed: text that says something",
        ),
        (
            "acknowledged",
            [{"username": "dba", "reason": "a"}, {"username": "dba", "reason": "b"}],
            "acknowledged[1].username",
            "'dba' is already declared, at acknowledged[0]",
        ),
        (
            "users",
            [user(username="app_owner")],
            "databases[0].schemas[0].owner",
            "'app_owner' is a user; allowed: a separate NOLOGIN role",
        ),
        ("users", [user(connection_limit=-2)], "users[0].connection_limit", "-2 is not allowed; allowed: -1 or more"),
        ("users", [user(description="a [b]")], "users[0].description", "allowed: text without [ and ]"),
        (
            "users",
            [user(databases=["ap"])],
            "users[0].databases[0]",
            "no database is named 'ap'; did you mean 'app'? allowed: app",
        ),
        (
            "users",
            [user(grants=[{"database": "x", "schemas": ["foo"], "access": "read_only"}])],
            "users[0].grants[0].database",
            "allowed: app",
        ),
        (
            "users",
            [user(grants=[{"database": "app", "schemas": ["fo"], "access": "read_only"}])],
            "users[0].grants[0].schemas[0]",
            "no schema in database 'app' is named 'fo'; did you mean 'foo'? allowed: foo, bar",
        ),
        (
            "users",
            [user(grants=[{"database": "app", "schemas": ["foo"], "access": "write"}])],
            "users[0].grants[0].access",
            "'append_only'",
        ),
        (
            "users",
            [user(grants=[{"database": "app", "schemas": [], "access": "owner"}])],
            "users[0].grants[0].schemas",
            "an empty list is not allowed; allowed: a list of 1 or more",
        ),
        (
            "users",
            [user(grants=[{"database": "app", "schemas": ["foo", "bar"], "access": "owner"}])],
            "users[0].grants",
            "would have to act as app_owner, other_owner at once",
        ),
        ("databases", [DATABASE, DATABASE], "databases[1].name", "is already declared"),
        (
            "databases",
            [{**DATABASE, "schemas": [*DATABASE["schemas"], {"name": "foo", "owner": "o"}]}],
            "databases[0].schemas[2].name",
            "already",
        ),
        ("databases", [{"name": "pg_x"}], "databases[0].name", "reserved"),
        ("databases", [{"name": "a", "schemas": [{"name": "s"}]}], "databases[0].schemas[0].owner", "is required"),
        ("databases", [], "databases", "allowed: a list of 1 or more"),
        ("version", 2, "version", "allowed: 1"),
        ("managed_by", "a b", "managed_by", "allowed: up to 63 letters, digits"),
    ],
)
def test_a_wrong_spec_names_the_place_and_what_is_allowed(field: str, value: Any, place: str, says: str) -> None:
    found = problems(**{field: value})
    assert any(problem.startswith(f"{place}: ") and says in problem for problem in found), found


APP_GRANT = {"database": "app", "schemas": ["foo"], "access": "read_only"}
FOO = {"name": "foo", "owner": "foo_owner"}


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"databases": [{**DATABASE, "name": "template0"}]}, ["databases[0].name"]),
        ({"databases": [{**DATABASE, "name": "pg_x"}]}, ["databases[0].name"]),
        ({"databases": [{**DATABASE, "name": "a\nb"}]}, ["databases[0].name"]),
        ({"databases": []}, ["databases"]),
        ({"databases": [{"name": "app", "schemas": [{**FOO, "name": "pg_x"}]}]}, ["databases[0].schemas[0].name"]),
        (
            {"databases": [DATABASE], "groups": [{"name": "rds_x"}], "users": [user(groups=["x"], grants=[APP_GRANT])]},
            ["groups[0].name"],
        ),
    ],
)
def test_what_is_refused_is_said_once_and_advised_nowhere(changes: dict[str, Any], places: list[str]) -> None:
    found = problems(**{"users": [user(grants=[APP_GRANT, APP_GRANT])], **changes})
    assert [problem.partition(": ")[0].partition(" (")[0] for problem in found] == places, found


def test_a_wrong_reference_is_found_beside_a_refused_name() -> None:
    found = problems(databases=[{"name": "template0"}, DATABASE], users=[user(databases=["ap"])])
    assert any(problem.endswith("no database is named 'ap'; did you mean 'app'? allowed: app") for problem in found), (
        found
    )


@pytest.mark.parametrize("schema", ["renamed", "ownerless"])
def test_sessions_act_as_nobody_where_a_schema_or_its_owner_is_missing(schema: str) -> None:
    grant = {"database": "app", "schemas": ["foo", schema], "access": "owner"}
    found = problems(databases=[{"name": "app", "schemas": [FOO, {"name": "ownerless"}]}], users=[user(grants=[grant])])
    assert found and not any("None" in problem or "at once" in problem for problem in found), found


def test_a_user_that_creates_in_a_schema_is_refused_too() -> None:
    schema = {"name": "foo", "owner": "o", "creators": ["u"]}
    assert (
        "databases[0].schemas[0].creators[0]: 'u' is a user"
        in problems(databases=[{"name": "app", "schemas": [schema]}], users=[user()])[0]
    )


def test_a_creator_can_not_be_retired() -> None:
    schema = {"name": "foo", "owner": "o", "creators": ["maker"]}
    found = problems(databases=[{"name": "app", "schemas": [schema]}], retired=[{"username": "maker", "drop": True}])
    assert [problem.partition(";")[0] for problem in found] == ["retired[0].username: 'maker' is still declared"]


def test_a_retired_name_that_is_not_a_string_is_refused_with_its_place() -> None:
    with pytest.raises(SpecError, match=r"retired\[0\].username: "):
        AccessSpec.parse({**AccessSpec.load(SAMPLE).as_properties(), "retired": [{"username": ["x"]}]})


def test_a_retired_role_needs_no_acknowledgement() -> None:
    found = problems(retired=[{"username": "left"}], acknowledged=[{"username": "left", "reason": "x"}])
    assert list(found) == ["acknowledged[0].username: 'left' is retired; allowed: roles that the spec doesn't manage"]


def test_a_connection_limit_that_is_not_given_is_left_out_and_one_of_none_at_all_is_said() -> None:
    """What the spec doesn't say is worked out from the server, and -1 is meant."""
    parsed = AccessSpec.parse(
        {"version": 1, "databases": [DATABASE], "users": [user(), user(username="v", connection_limit=-1)]}
    )
    assert [u.connection_limit for u in parsed.users] == [None, -1]
    assert [u.get("connection_limit") for u in parsed.as_properties()["users"]] == [None, -1]


def test_a_name_that_differs_only_in_case_may_be_retired() -> None:
    """PostgreSQL distinguishes them, and a user may have been renamed."""
    assert AccessSpec.parse(
        {"version": 1, "databases": [DATABASE], "users": [user()], "retired": [{"username": "U"}]}
    ).retired


def test_names_of_another_specs_groups_are_not_reserved_here() -> None:
    assert AccessSpec.parse(
        {"version": 1, "managed_by": "other", "databases": [DATABASE], "users": [user(username="keyless-aurora/x")]}
    )


def test_all_problems_are_reported_at_once_the_wrong_fields_and_the_wrong_references() -> None:
    wrong = [
        user(acess=1, databases=["x"]),
        user(username="rds_iam", grants=[{"database": "app", "schemas": ["y"], "access": "z"}]),
    ]
    assert len(problems(users=wrong)) == 5


@pytest.mark.parametrize(
    "document", [None, [], "text", 7, {}, {"databases": 3, "users": {"a": 1}}, {"databases": [None], "users": [[]]}]
)
def test_what_is_not_a_spec_is_refused_without_a_crash(document: object) -> None:
    with pytest.raises(SpecError):
        AccessSpec.parse(document)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.yaml", "a: [", "not valid YAML"),
        ("a.json", "{", "a.json:1: not valid JSON: a key is missing"),
        ("a.json", "[" * 100_000, "nested more than 50 levels deep"),
        ("a.yaml", "[" * 5000, "a.yaml:1: values are nested more than 50 levels deep"),
        ("a.yaml", None, "No such file"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path: Path, name: str, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(SpecError, match=says) as refused:
        AccessSpec.load(tmp_path / name)
    assert name in str(refused.value)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a:\n  - b: 1\n - c: 2\n", 3, "the indentation doesn't fit the lines above"),
        ("a:\n  - b: 1\n    c: 2\n   d: 3\n", 4, "the indentation doesn't fit the lines above"),
        ("a:\n    - b\n  c: 1\n", 3, "the indentation doesn't fit the lines above"),
        ("- a\nb: 1\n", 2, "the indentation doesn't fit the lines above"),
        ("a:\n\tb: 1\n", 2, "a tab; allowed: spaces"),
        ("a: b: c\n", 1, "a colon too many"),
        ("a: 'x\nb: 1\n", 3, "a quote is opened and not closed"),
        ("a: [1, 2\nb: 3\n", 2, "a bracket is opened and not closed"),
        ("a: @x\n", 1, "allowed: the value in quotes"),
        ("a: !x y\n", 1, "a tag"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("a: 1\nbcd\ne: 2\n", 3, "a line without a colon"),
        ("a: 1\nb: x\x1by\n", 2, "the character U+001B, which doesn't print"),
        (b"a: 1\nb: \xff\n", 2, "not text in UTF-8"),
    ],
)
def test_what_is_not_yaml_is_said_in_plain_words_with_its_line(
    text: str | bytes, line: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SpecError) as refused:
        AccessSpec.load(tmp_path / "a.yaml")
    (problem,) = refused.value.problems
    assert problem.startswith(f"a.yaml:{line}: ") and says in problem, problem
    assert not any(jargon in problem for jargon in ("block", "token", "scalar", "stream", "codec"))


def test_a_key_given_twice_in_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("version: 1\ndatabases: [{name: app}]\nusers: []\nusers: [{username: u}]\n")
    with pytest.raises(SpecError, match="'users' is given twice"):
        AccessSpec.load(tmp_path / "a.yaml")


def test_the_json_schema_for_editors_is_up_to_date() -> None:
    assert (Path(__file__).parents[4] / "config/access.schema.json").read_text() == json_schema.text(), (
        "run `make schema`"
    )


@pytest.mark.parametrize(
    ("raw", "manager"),
    [
        (None, "keyless-aurora"),
        ("text", "keyless-aurora"),
        ({}, "keyless-aurora"),
        ({"managed_by": "other", "users": 7}, "other"),
    ],
)
def test_the_manager_of_the_roles_is_known_even_from_an_invalid_spec(raw: object, manager: str) -> None:
    """A stack must be deletable whatever its properties are."""
    assert AccessSpec.manager(raw) == manager
