"""`keyless prove` on a server of the MySQL family: asks it, and changes nothing."""

from db_access.mysql import reconcile, told
from db_access.plan.report import ToldEvidence
from db_access.spec import AccessSpec
from keyless.cli.databases import Outcome
from keyless.cli.mysql.connection import connect, watch_user
from keyless.cli.mysql.server import on_server


def proven(spec: AccessSpec) -> Outcome[ToldEvidence]:
    return on_server(spec, lambda spec: told.evidence(reconcile.prove(connect, spec, watch=watch_user())))
