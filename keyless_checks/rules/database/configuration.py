"""How a database is set up: capacity, parameters, and where it can be reached from."""

from collections.abc import Iterator
from typing import Any

from keyless_checks.engines import ENGINES
from keyless_checks.parameters import needed, parameter_problem, settable, unpaired
from keyless_checks.reading.databases import CLUSTER, INSTANCE, databases, members
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule

_MOST_ACU = 256
_GROUPS = ("AWS::RDS::DBClusterParameterGroup", "AWS::RDS::DBParameterGroup", "AWS::RDS::OptionGroup")


def capacity(templates: Templates) -> Iterator[Finding]:
    """A serverless cluster has its capacity in half ACUs, at most 256, the minimum below the maximum."""
    for cluster in templates.all(CLUSTER):
        classes = {r.props.get("DBInstanceClass") for r in members(templates, cluster)}
        scaling = cluster.props.get("ServerlessV2ScalingConfiguration")
        if scaling is None and "db.serverless" in classes:
            yield Finding(cluster.path, "its instances are serverless, and ServerlessV2ScalingConfiguration is missing")
        if len(classes) > 1 and "db.serverless" in classes:
            yield Finding(
                cluster.path, f"serverless and provisioned instances are mixed: {', '.join(sorted(map(str, classes)))}"
            )
        if scaling is not None and (problem := _capacity_problem(scaling)):
            yield Finding(cluster.path, problem)


def _capacity_problem(scaling: dict[str, Any]) -> str | None:
    low, high = scaling.get("MinCapacity"), scaling.get("MaxCapacity")
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return f"MinCapacity and MaxCapacity must be numbers: {low}, {high}"
    if not 0 <= low <= high or not 1 <= high <= _MOST_ACU or low * 2 % 1 or high * 2 % 1:
        return (
            f"a capacity of {low} to {high} ACU is impossible; allowed: 0 to {_MOST_ACU} in steps of 0.5, the maximum "
            "at least 1"
        )
    return None


def parameters(templates: Templates) -> Iterator[Finding]:
    """Its parameter group is for its engine and major version, forces TLS, logs what that engine can, and holds known
    parameters only."""
    for database in databases(templates):
        key = "DBClusterParameterGroupName" if database.type == CLUSTER else "DBParameterGroupName"
        group = templates.target(database.stack, database.props.get(key))
        if group is None or database.props.get("Engine") not in ENGINES:
            yield Finding(
                database.path, f"{key} names no parameter group of the stacks, or its engine is unknown to the checks"
            )
            continue
        facts = ENGINES[database.props["Engine"]]
        family = facts.parameter_family(str(database.props.get("EngineVersion")))
        if group.props.get("Family") != family:
            yield Finding(group.path, f"the family is {group.props.get('Family')}; the database needs {family}")
        values = group.props.get("Parameters", {})
        problems = [parameter_problem(facts, name, value) for name, value in values.items()]
        yield from (Finding(group.path, problem) for problem in problems if problem)
        missing = sorted(needed(facts) - values.keys())
        yield from (Finding(group.path, f"{name} is not set; allowed: {settable(facts)[name]}") for name in missing)
        if problem := unpaired(values):
            yield Finding(group.path, problem)


def same_engine(templates: Templates) -> Iterator[Finding]:
    """The instances of a cluster are of its engine."""
    for cluster in templates.all(CLUSTER):
        yield from (
            Finding(one.path, f"its engine is {one.props.get('Engine')}; its cluster's {cluster.props.get('Engine')}")
            for one in members(templates, cluster)
            if one.props.get("Engine") != cluster.props.get("Engine")
        )


def used_parameters(templates: Templates) -> Iterator[Finding]:
    """A parameter group or an option group is there for a database of the stacks."""
    keys = ("DBClusterParameterGroupName", "DBParameterGroupName", "OptionGroupName")
    used = [templates.target(r.stack, r.props.get(key)) for r in templates.all(CLUSTER, INSTANCE) for key in keys]
    for group in templates.all(*_GROUPS):
        if group not in used:
            yield Finding(group.path, "no database uses it")


def private(templates: Templates) -> Iterator[Finding]:
    """No instance has a public address, and a database is in security groups of the stacks only."""
    yield from (
        Finding(r.path, "PubliclyAccessible must be false")
        for r in templates.all(INSTANCE)
        if r.props.get("PubliclyAccessible") is not False
    )
    for database in databases(templates):
        key = "VpcSecurityGroupIds" if database.type == CLUSTER else "VPCSecurityGroups"
        targets = [templates.target(database.stack, group) for group in database.props.get(key, [])]
        if not targets or any(target is None for target in targets):
            yield Finding(database.path, f"{key} names no security group, or one that the stacks don't make")


RULES: tuple[Rule, ...] = (
    capacity,
    parameters,
    same_engine,
    used_parameters,
    private,
)
