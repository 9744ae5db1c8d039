"""A rehearsal.yaml that is wrong is refused, with the file, the line and what is allowed; all problems at once."""

import textwrap
from pathlib import Path
from typing import Any

import pytest

from keyless.rehearsal.own_lines.files import in_order, read_all, uncalled
from keyless.rehearsal.own_lines.model import RefusedExpectation, Result
from keyless.rehearsal.own_lines.reading import RehearsalFileError, read

WRONG = {
    "lines:\n- event: {}\n  expect: alowed\n": "line 3: lines[0].expect is not an expectation; allowed: allowed, {result",
    "lines:\n- event: {}\n": "line 2: lines[0].expect is missing",
    "lines:\n- expect: allowed\n  evnt: {}\n": "line 3: lines[0].evnt is not a field of it",
    "order: first\nlines:\n- {event: {}, expect: allowed}\n": "line 1: order is not a whole number",
    "- {event: {}, expect: allowed}\n": "line 1: the file is not a mapping; allowed: order, lines",
    "": "line 1: the file is empty; allowed: order, lines, or no file",
    "# nothing yet\n": "line 1: the file is empty",
    "lines: []\n": "line 1: lines is empty; allowed: a list of {event",
    "lines:\n- event: {}\n  expect:\n    refused: {by: Postgres}\n": "line 4: lines[0].expect.refused.by",
    "lines:\n- event: {}\n  expect: {refused: {by: IAM, sqlstate: 42501}}\n": "has a sqlstate, which goes with `by: PostgreSQL`, not IAM",
    "lines:\n- event: {}\n  expect: {refused: {by: PostgreSQL, sqlstate: x}}\n": "line 3: lines[0].expect.refused.sqlstate",
    "lines:\n- event: {}\n  expect: {refused: {by: MySQL, sqlstate: 42501}}\n": "goes with `by: PostgreSQL`, not MySQL; allowed: by",
    "lines:\n- event: {}\n  expect: {refused: {by: PostgreSQL, errno: 1142}}\n": "has an errno, which goes with `by: MySQL` or `by: MariaDB`, not P",
    "lines:\n- event: {}\n  expect: {refused: {by: function, errno: 1142}}\n": "has an errno, which goes with `by: MySQL` or `by: MariaDB`, not f",
    "lines:\n- event: {}\n  expect: {refused: {by: MySQL, errno: '1142'}}\n": "errno is not a whole number; allowed: the number",
    "lines:\n- event: {}\n  expect: {refused: {by: MySQL, errno: true}}\n": "errno is not a whole number; allowed: the number",
    "lines:\n- event: {}\n  expect: {refused: {by: MySQL, errno: 1045}}\n": "has the errno 1045, by which logins are refused",
    "lines:\n- event: {}\n  expect: {refused: {by: MariaDB, errno: 2013}}\n": "has the errno 2013, which no server",
    "lines:\n- event: {}\n  expect: {refused: {by: MariaDB, errno: 0}}\n": "has the errno 0, which no server",
    "lines:\n- event: {}\n  expect: {refused: {by: mysql}}\n": "is nobody who refuses; allowed: PostgreSQL, MySQL, MariaDB, IAM or function",
    "lines:\n- event: {}\n  event: {}\n": "3: key 'event' is given twice",
    "lines: [\n": "not valid YAML",
    "[]\n": "line 1: the file",
    "lines:\n- event: {events: [{at: 2020-01-01}]}\n  expect: allowed\n": "line 2: 2020-01-01 is a date; allowed: what JSON has",
    "lines:\n- event: {at: 2020-13-45}\n  expect: allowed\n": "line 2: 2020-13-45 is a date",
    "lines:\n- event: {n: .nan}\n  expect: allowed\n": "line 2: .nan is read as NaN",
    "lines:\n- event: {t: 12:30:00}\n  expect: allowed\n": "line 2: 12:30:00 is read as 45000",
    "lines:\n- event: {n: yes}\n  expect: allowed\n": "line 2: yes is read as true",
    "lines:\n- event: {on: 1}\n  expect: allowed\n": "line 2: the key on is not a text",
    "lines:\n- event: {a: {1: x}}\n  expect: allowed\n": "line 2: the key 1 is not a text",
    "lines:\n- event: {s: !!set {a}}\n  expect: allowed\n": "line 2: tag:yaml.org,2002:set is a set",
    "lines:\n- event: {}\n  expect: {result: 2020-01-01}\n": "line 3: 2020-01-01 is a date",
    "lines:\n- event: {}\n  expect: {refused: {by: PostgreSQL, sqlstate: 02000}}\n": "line 3: 02000 is read as 1024",
    "lines:\n- event: {}\n  expect: {refused: {by: PostgreSQL, sqlstate: 42_50}}\n": "line 3: 42_50 is read as 4250",
    "lines:\n- event: {}\n  expect: {refused: {by: PostgreSQL, sqlstate: 99999}}\n": "has the sqlstate 99999, which",
    "lines:\n- event: {}\n  expect: {refused: {by: function, message: ''}}\n": "expect.refused.message is empty",
    "lines:\n- event: {}\n  expect: {}\n": "line 3: lines[0].expect is not an expectation; allowed: allowed, {result",
    'lines:\n- event: {}\n  expect: {exact: "yes"}\n': "line 3: lines[0].expect is not an expectation",
    'lines:\n- event: {}\n  expect: {result: 1, exact: "yes"}\n': "line 3: lines[0].expect.exact is not true or false",
    f"lines:\n- event: {{n: {'9' * 5000}}}\n  expect: allowed\n": "line 2: 9999999999999999999999999999999999999999… is read",
}


def written(folder: Path, text: str) -> Path:
    path = folder / "rehearsal.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(RehearsalFileError) as refused:
        read(written(tmp_path, text))
    assert WRONG[text] in str(refused.value)
    assert "rehearsal.yaml" in str(refused.value)


@pytest.mark.parametrize("text", [text for text in WRONG if text.count("expect") == 1 and "evnt" not in text])
def test_a_mistake_is_one_line_without_words_of_pydantics(tmp_path: Path, text: str) -> None:
    with pytest.raises(RehearsalFileError) as refused:
        read(written(tmp_path, text))
    (line,) = str(refused.value).splitlines()
    assert not [word for word in ("Input", "Tuple", "should", "validation", "pydantic", "tag using") if word in line], (
        line
    )


def test_aliases_that_multiply_are_refused(tmp_path: Path) -> None:
    many = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    text = f"order: 0\nlines:\n- event:\n{textwrap.indent(f'a0: &a0 [1]{chr(10)}{many}', '    ')}  expect: allowed\n"
    with pytest.raises(RehearsalFileError, match="more than 100,000 values"):
        read(written(tmp_path, text))


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(RehearsalFileError) as refused:
        read(written(tmp_path, "lines:\n- event: {}\n- expect: allowed\n"))
    assert [line.split(", ")[1].split(":")[0] for line in str(refused.value).splitlines()] == ["line 2", "line 3"]


def test_every_expectation_is_read(tmp_path: Path) -> None:
    text = (
        "order: -1\nlines:\n- {event: {a: 1}, expect: allowed, title: works}\n"
        "- {event: {}, expect: {result: {n: 2}, exact: true}}\n"
        "- {event: {}, expect: {refused: {by: PostgreSQL, sqlstate: 42501}}}\n"
    )
    file = read(written(tmp_path, text))
    assert file.order == -1
    assert file.lines[0].expect == "allowed"
    assert file.lines[1].expect == Result(result={"n": 2}, exact=True)
    assert isinstance(file.lines[2].expect, RefusedExpectation)
    assert file.lines[2].expect.refused.sqlstate == "42501"


def refusing(by: str) -> str:
    return f"lines:\n- {{event: {{}}, expect: allowed}}\n- event: {{}}\n  expect:\n    refused: {{by: {by}}}\n"


OTHERS = {
    "PostgreSQL": {"MySQL", "MariaDB"},
    "MySQL": {"PostgreSQL", "MariaDB"},
    "MariaDB": {"PostgreSQL"},
}


@pytest.mark.parametrize("server", OTHERS)
def test_who_refuses_is_the_server_that_is_there(tmp_path: Path, server: str) -> None:
    """`by: MySQL` is of both servers of its family."""
    for by in ("PostgreSQL", "MySQL", "MariaDB", "IAM", "function"):
        path = written(tmp_path, refusing(by))
        assert read(path).lines
        if by not in OTHERS[server]:
            assert read(path, server).lines
            continue
        with pytest.raises(RehearsalFileError) as refused:
            read(path, server)
        said = f"{path}, line 5: lines[1].expect.refused.by is {by}, and the database's server is {server}; allowed: "
        assert str(refused.value).startswith(said)
        assert not OTHERS[server] & {*str(refused.value).partition("allowed: ")[2].replace(" or", ",").split(", ")}


def template(*folders: str) -> dict[str, Any]:
    """Of functions with a database user, whose code is in these folders; and of one without."""
    functions = {
        f"F{number}": {
            "Type": "AWS::Lambda::Function",
            "Metadata": {"keyless:source": folder},
            "Properties": {"Environment": {"Variables": {"PGUSER": "u"}}},
        }
        for number, folder in enumerate(folders)
    }
    without = {"Type": "AWS::Lambda::Function", "Metadata": {"keyless:source": "code/plain"}, "Properties": {}}
    return {"Resources": {**functions, "Plain": without}}


def web(kind: str, folder: str) -> dict[str, Any]:
    """Of a service or of servers, whose code is in this folder."""
    return {"Resources": {"Web": {"Type": kind, "Metadata": {"keyless:source": folder}, "Properties": {}}}}


def app(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / "code" / name).mkdir(parents=True)
        written(folder / "code" / name, text)
    return folder


GOOD = "lines:\n- {event: {}, expect: allowed}\n"


def test_the_files_of_all_functions_are_read_by_their_folders(tmp_path: Path) -> None:
    found = read_all(app(tmp_path, a=GOOD, b=GOOD), [template("code/a", "code/a", ""), template("code/b", "code/none")])
    assert list(found) == ["code/a", "code/b"]


WEB = ["AWS::ECS::TaskDefinition", "AWS::EC2::LaunchTemplate"]


@pytest.mark.parametrize("kind", WEB)
def test_the_file_of_a_service_and_of_servers_names_requests(tmp_path: Path, kind: str) -> None:
    asks = "lines:\n- {event: {path: /health, method: GET}, expect: {result: {user: $PGUSER}}}\n"
    assert list(read_all(app(tmp_path, web=asks), [web(kind, "code/web"), template()])) == ["code/web"]


@pytest.mark.parametrize("kind", WEB)
@pytest.mark.parametrize("event", ["{}", "{path: health}", "{path: /, verb: GET}"])
def test_another_event_than_a_request_is_refused(tmp_path: Path, kind: str, event: str) -> None:
    folder = app(tmp_path, web=f"lines:\n- {{event: {event}, expect: allowed}}\n")
    with pytest.raises(RehearsalFileError, match=r"lines\[0\].event is not a request; allowed: {path: /…, method: GET"):
        read_all(folder, [web(kind, "code/web")])


def test_the_problems_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    folder = app(tmp_path, a="lines: []\n", b="lines:\n- event: {}\n- expect: allowed\n", c=GOOD)
    (folder / "code" / "c" / "rehearsal.yml").write_text(GOOD)
    with pytest.raises(RehearsalFileError) as refused:
        read_all(folder, [template("code/a", "code/b"), template("code/c")])
    said = [line.removeprefix(str(folder / "code")).split(":")[0] for line in str(refused.value).splitlines()]
    assert said == [
        "/a/rehearsal.yaml, line 1",
        "/b/rehearsal.yaml, line 2",
        "/b/rehearsal.yaml, line 3",
        "/c/rehearsal.yml is read by nothing under this name; allowed",
    ]


def test_another_servers_refusal_is_said_of_every_file(tmp_path: Path) -> None:
    templates, folder = [template("code/a", "code/b", "code/c")], app(tmp_path, a=refusing("MySQL"), b=GOOD)
    app(tmp_path, c=refusing("MariaDB"))
    assert list(read_all(folder, templates, "MariaDB")) == ["code/a", "code/b", "code/c"]
    with pytest.raises(RehearsalFileError) as refused:
        read_all(folder, templates, "PostgreSQL")
    assert [line.split("code/")[1][0] for line in str(refused.value).splitlines()] == ["a", "c"]


def test_the_files_of_verified_functions_are_held_against_the_server(tmp_path: Path) -> None:
    folder = app(tmp_path, a=refusing("MySQL")) / "code" / "a"
    assert in_order([("a", folder)], "MySQL")
    with pytest.raises(RehearsalFileError, match="by is MySQL, and the database's server is PostgreSQL"):
        in_order([("a", folder)], "PostgreSQL")


def test_a_file_that_calls_nothing_is_named(tmp_path: Path) -> None:
    folder = app(tmp_path, a=GOOD, old=GOOD, plain=GOOD)
    assert list(uncalled(folder, [template("code/a", ".")])) == [
        folder / "code" / name / "rehearsal.yaml" for name in ("old", "plain")
    ]
