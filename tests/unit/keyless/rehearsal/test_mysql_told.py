"""SHOW GRANTS, taken apart: names with anything in them, privileges on columns, roles, and what may be passed on."""

import pytest

from keyless.rehearsal.lines.rights.mysql import patterns
from keyless_probe.mysql.told import Granted, Told, read


def only(line: str) -> Granted:
    (found,) = read([line]).granted
    return found


def test_what_gives_nothing_is_nothing_and_may_hold_a_hash() -> None:
    assert (
        read(
            [
                "GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED VIA mysql_native_password USING '*GRANT OPTION' REQUIRE SSL",
                "SET DEFAULT ROLE `r` FOR `u`@`%`",
                "REVOKE CREATE ON `mysql`.* FROM `u`@`%`",
                "GRANT `r1`@`%`,`r2`@`%` TO `u`@`%`",
                "GRANT `r1` TO PUBLIC",
            ]
        )
        == Told()
    )


def test_privileges_on_columns_stand_beside_those_on_the_whole() -> None:
    found = only("GRANT SELECT (`a ON b`, `c``d`), DROP, CREATE VIEW ON `foo`.`t TO ``x``` TO `u`@`%`")
    assert found.columns == {("SELECT", "a ON b"), ("SELECT", "c`d")}
    assert found.privileges == frozenset({"DROP", "CREATE VIEW"})
    assert (found.schema, found.name) == ("foo", "t TO `x`")


def test_a_routine_is_told_from_a_table() -> None:
    assert only("GRANT EXECUTE ON PROCEDURE `foo`.`p` TO `u`@`%`").routine
    assert not only("GRANT SELECT ON `foo`.`p` TO `u`@`%`").routine


def test_what_may_be_passed_on_is_found_outside_of_names() -> None:
    assert only("GRANT SELECT ON `foo`.* TO `u`@`%` WITH GRANT OPTION").passed_on
    assert only("GRANT ALL PRIVILEGES ON *.* TO `u`@`%` REQUIRE SSL WITH GRANT OPTION MAX_USER_CONNECTIONS 2").passed_on
    assert not only("GRANT SELECT ON `foo`.* TO `GRANT OPTION`@`%`").passed_on
    assert read(["GRANT `r`@`%` TO `u`@`%` WITH ADMIN OPTION"]).passed_on == ("r",)
    assert read(["GRANT PROXY ON 'a'@'%' TO 'u'@'%'"]).proxies == 1


def test_what_nobody_knows_is_counted_and_not_shown() -> None:
    assert read(["GRANT something new"]) == Told(unread=1)


@pytest.mark.parametrize(
    ("pattern", "name", "matching", "other"),
    [
        ("foo", "foo", "foo", "fooo"),
        (r"my\_app", "my_app", "my_app", "myxapp"),
        ("my_app", None, "myxapp", "my_apps"),
        ("f%", None, "f", "g"),
        (r"a\%", "a%", "a%", "ab"),
        ("a.b", "a.b", "a.b", "axb"),
    ],
)
def test_a_schema_in_a_grant_is_a_pattern(pattern: str, name: str | None, matching: str, other: str) -> None:
    assert patterns.literal(pattern) == name
    assert patterns.matches(pattern, matching)
    assert not patterns.matches(pattern, other)
