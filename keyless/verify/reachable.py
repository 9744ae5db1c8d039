"""What each probe is deployed with beside its function's own variables: where the database is. Nothing that is asked of
it afterwards takes it anywhere else."""

from keyless.verify.deployed import Deployed
from keyless.verify.plan import Variables
from keyless_probe.places import VARIABLE


def reachable(deployed: Deployed, variables: Variables) -> Variables:
    database = {VARIABLE: f"{deployed.database.host}:{deployed.database.port}"}
    return {function.name: {**variables.get(function.name, {}), **database} for function in deployed.functions}
