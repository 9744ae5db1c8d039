"""Ask PostgreSQL itself who can do what, and hold it against the spec, both ways. Changes nothing.

The plan compares ACLs; the proof asks `has_*_privilege`, which also sees what comes through groups, PUBLIC,
ownership, predefined roles and superuser attributes.

It need not ask for every user and every object. Whether PostgreSQL lets user U do something to object O depends
(aclmask, pg_class_aclmask_ext and their siblings in PostgreSQL's aclchk.c and acl.c) on O's owner and ACL, for a column
also on its table's; on whether U is a superuser; and on which of these U has the rights of, by any chain of
memberships: the owner, the ACL's grantees, the predefined roles. Hence

- objects of one kind with equal owner and ACL answer alike: one of each class is asked;
- a column whose own ACL is empty answers as its table does: only the others are asked, and those that the spec names
  (to find them is half of the cost, so a state that was just read may say in which tables they are);
- a user with no chain of memberships, inheriting or not, to a class's owner or grantees or to a predefined role, and
  without the superuser attribute, can do what PUBLIC can: PUBLIC is asked in its place. The chains are counted
  generously (options are ignored, the database owner is in pg_database_owner, rds* counts as predefined): that costs
  questions, not answers;
- owners and creators may do anything with what is theirs: they are asked about the rest;
- users whose direct memberships and options are equal, who are neither grantee nor owner in any class, answer alike:
  one of them is asked.

Nothing is concluded from an ACL about what somebody can do; ACLs only say who answers alike. Objects that the spec
speaks of by name are classes of their own. `tests/database/proof/test_exhaustive.py` holds this against asking for
everything.
"""

from db_access.postgresql.proof.logins import ask_iam_logins, locked_out
from db_access.postgresql.proof.question import ask
from db_access.postgresql.proof.sentences import sentences
from db_access.postgresql.proof.services import ask_services

__all__ = ["ask", "ask_iam_logins", "ask_services", "locked_out", "sentences"]
