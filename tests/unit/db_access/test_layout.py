"""Which package of the engine runs SQL, and which writes what changes the database. Imports are import-linter's."""

import ast
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[3] / "bootstrap_lambda" / "db_access"

EXECUTES = ("postgresql.catalog.*", "postgresql.apply", "postgresql.proof.*", "mysql.session", "mysql.apply")
ALSO_EXECUTES = {
    "postgresql.sessions": "logins and sessions are ended outside the run's transaction, which must not undo it",
    "postgresql.locks.*": "whom a run waits for is asked, and ended, beside the transaction that waits",
    "postgresql.session": "a session's settings come before any transaction",
    "postgresql.identity": "which database it is must be known before the transaction, which a refusal would end",
    "postgresql.databases": "CREATE DATABASE runs outside a transaction, on a connection to another database",
    "mysql.sessions": "sessions are ended between the run's stages, many in one message",
}
"""Module -> why it runs SQL of its own. Nothing else may be added without a reason here."""
WRITES_DDL = ("postgresql.ddl.*", "postgresql.outsiders.statements", "mysql.statements")
"""The second as advice for the operator: it makes text, and what is run is composed."""
NAMES_PRIVILEGES = ("mysql.state.rights", "mysql.catalog.words")
"""MySQL's begin as statements do: CREATE VIEW, GRANT OPTION."""

_DDL = re.compile(r"\s*(CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT ON|REASSIGN OWNED|SECURITY LABEL|TRUNCATE)\s+\S")

Rule = Callable[[str, ast.Module], Iterator[str]]


def only_these_execute(module: str, tree: ast.Module) -> Iterator[str]:
    """Calls of anything named execute, but for that of the module `apply`, which is the one way to write."""
    if not _is(module, (*EXECUTES, *ALSO_EXECUTES)):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("execute", "executemany", "copy")
                and ast.unparse(node) != "apply.execute"
            ):
                yield f"{module}:{node.lineno} runs SQL: {ast.unparse(node)}"


def only_statements_write_ddl(module: str, tree: ast.Module) -> Iterator[str]:
    if not _is(module, (*WRITES_DDL, *NAMES_PRIVILEGES)):
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in docstrings and _DDL.match(str(node.value)):
                yield f"{module}:{node.lineno} writes a statement: {str(node.value)[:40]}"


RULES: tuple[Rule, ...] = (only_these_execute, only_statements_write_ddl)


def _modules() -> dict[str, Path]:
    """By name within the engine, such as `postgresql.ddl.grants`."""
    return {".".join(file.relative_to(ENGINE).with_suffix("").parts): file for file in ENGINE.rglob("*.py")}


def _is(module: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(module, pattern) for pattern in patterns)


def _found(rule: Rule, module: str, source: str) -> list[str]:
    return list(rule(module, ast.parse(source)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_keeps_to_its_part(rule: Rule) -> None:
    assert [
        problem for module, file in sorted(_modules().items()) for problem in _found(rule, module, file.read_text())
    ] == []


def test_every_pattern_stands_for_modules_that_exist() -> None:
    assert [
        p
        for p in (*EXECUTES, *ALSO_EXECUTES, *WRITES_DDL, *NAMES_PRIVILEGES)
        if not any(fnmatch(m, p) for m in _modules())
    ] == []


@pytest.mark.parametrize(
    ("rule", "module", "source"),
    [
        (only_these_execute, "postgresql.reconcile", "connection.execute(query)"),
        (only_these_execute, "postgresql.planning.grants", "connection.cursor().executemany(query, rows)"),
        (only_these_execute, "handler", "run = connection.execute"),
        (only_these_execute, "mysql.look", "cursor.execute(query)"),
        (only_statements_write_ddl, "mysql.planning.roles", 'QUERY = "GRANT a TO b"'),
        (only_statements_write_ddl, "postgresql.reconcile", 'apply.execute(connection, [SQL("GRANT a TO b")])'),
        (only_statements_write_ddl, "spec.model.grants", 'QUERY = """\n    DROP ROLE x"""'),
        (only_statements_write_ddl, "plan.report", 'QUERY = f"ALTER ROLE {name} LOGIN"'),
    ],
)
def test_a_module_that_leaves_its_part_is_seen(rule: Rule, module: str, source: str) -> None:
    assert len(_found(rule, module, source)) == 1


@pytest.mark.parametrize(
    ("rule", "module", "source"),
    [
        (only_these_execute, "postgresql.catalog.roles", "connection.execute(query)"),
        (only_these_execute, "postgresql.reconcile", "apply.execute(connection, statements)"),
        (only_statements_write_ddl, "postgresql.ddl.grants", 'SQL("GRANT {} TO {}")'),
        (only_statements_write_ddl, "postgresql.state", 'CREATE = "CREATE"\n"""GRANT a TO b is what it becomes."""'),
    ],
)
def test_a_module_that_keeps_to_its_part_is_left_alone(rule: Rule, module: str, source: str) -> None:
    assert _found(rule, module, source) == []
