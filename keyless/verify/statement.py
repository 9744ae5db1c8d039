"""What a verify does to the account, said before it does it."""

from collections.abc import Iterator

from db_access.spec import AccessSpec
from keyless.verify.changes.plan import Changes
from keyless.verify.deployed import Deployed
from keyless.verify.plan import Place, probe_name
from keyless.verify.questions import asked


def statement(place: Place, deployed: Deployed, spec: AccessSpec, changes: Changes) -> Iterator[str]:
    """A line each."""
    names = [probe_name(function) for function in deployed.functions]
    where = f"account {place.account}" if place.account else "the account of the current credentials"
    logins = len([*asked(deployed, spec)])
    yield f"This deploys stack {place.stack} to {where} in {place.region}, and removes it when it is done."
    yield f"It has {len(names)} functions and nothing else: {', '.join(names)}. Each has the role, the subnets, the"
    yield "security groups and the log group of the function that it is named after, so it may do what that may do,"
    yield "and who may invoke it can have it try logins: as the function's user, whose rights it finds out, as others,"
    yield "and wrongly. Its code is not denied the six EC2 actions by which Lambda attaches a function to the network."
    yield f"Of {logins} logins all but {len(names)} must be refused, which rings the alarm for refused logins. Of the"
    yield "functions access/Bootstrap and access/Watch the policies are read: no probe has the master's rights."
    said = list(changes.statement())
    yield from said or ["No statement changes the database."]
    yield "Cost: some invocations, below a cent; minutes to deploy, and up to twenty to remove, because Lambda takes"
    yield "network interfaces back late. The template and the probes' code stay in the bucket of the CDK's bootstrap."
