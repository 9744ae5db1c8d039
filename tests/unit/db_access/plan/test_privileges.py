"""The words of the spec, of PostgreSQL's ACLs and of DDL are the same privileges."""

from typing import get_args

from db_access.plan.changes import Change, Scope
from db_access.plan.privileges import Privilege
from db_access.postgresql.catalog.acl import privileges_of
from db_access.postgresql.ddl.names import PRIVILEGES
from db_access.spec.model import grants

LETTERS = "rawdDxtmUCcTX"


def test_every_privilege_that_a_spec_can_name_is_one() -> None:
    literals = (grants.TablePrivilege, grants.SequencePrivilege, grants.SchemaPrivilege, grants.DatabasePrivilege)
    named = {name for literal in literals for name in get_args(literal)} | {"EXECUTE"}
    assert named == set(Privilege)


def test_every_privilege_has_a_letter_in_acls_and_a_word_in_ddl() -> None:
    assert privileges_of(LETTERS) == set(Privilege) == set(PRIVILEGES)


def test_what_a_kind_of_change_is_about_is_said_on_purpose() -> None:
    of_the_cluster = {kind.__name__ for union in get_args(Change) for kind in [union] if kind.scope is Scope.CLUSTER}
    assert of_the_cluster == {
        "AlterRole",
        "ClearPassword",
        "Configure",
        "CreateDatabase",
        "CreateRole",
        "DescribeRole",
        "DropRole",
        "EndLogin",
        "GrantRole",
        "RevokeRole",
        "SetPassword",
    }
