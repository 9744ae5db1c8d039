"""The controls of a service and of servers, broken on purpose, and the lines that must turn red."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from keyless.rehearsal.deployment.workloads import Workload
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines import policies
from tests.rehearsal.lines.breaks import Break, with_tls_optional_at_the_proxy

NOBODY = "arn:aws:rds-db:eu-west-1:000000000000:dbuser:prx-none/nobody"


def deployed(stage: Stage, name: str) -> Workload:
    (found,) = [workload for workload in stage.deployed.workloads if workload.name == name]
    return found


def role_of_watch(stage: Stage) -> str:
    (found,) = [function for function in stage.deployed.clients if function.name == "Watch"]
    return found.role


def with_rights(name: str, change: Callable[[Stage, Any], Any]) -> Break:
    """The role's statements about rds-db:connect with other resources."""

    def broken(stage: Stage) -> AbstractContextManager[None]:
        other = policies.resources("rds-db:connect", lambda own: change(stage, own))
        return policies.changed(stage, deployed(stage, name).role, other)

    return broken


def as_api_at_the_cluster(stage: Stage, own: str) -> list[str]:
    return [own, f"arn:aws:rds-db:eu-west-1:000000000000:dbuser:{stage.database.resource_id}/api"]


def trusting(name: str, **condition: Any) -> Break:
    """The role of a service or of servers with another trust policy."""
    return with_trust(lambda stage: deployed(stage, name).role, **condition)


def with_trust(role_of: Callable[[Stage], str], **condition: Any) -> Break:
    """The role with another trust policy: another service's, or with conditions that aren't met."""

    @contextmanager
    def broken(stage: Stage) -> Iterator[None]:
        iam, role = stage.cloud.client("iam"), role_of(stage).rsplit("/", 1)[-1]
        old = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
        (statement,) = old["Statement"]
        new = {**old, "Statement": [{**statement, **condition}]}
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(new))
        yield
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(old))

    return broken


def told(settings: Callable[[Stage], dict[str, str]]) -> Break:
    """The service with another task definition, whose container has other variables."""

    @contextmanager
    def broken(stage: Stage) -> Iterator[None]:
        ecs = stage.cloud.client("ecs")
        (cluster,) = ecs.list_clusters()["clusterArns"]
        (arn,) = ecs.list_services(cluster=cluster)["serviceArns"]
        (service,) = ecs.describe_services(cluster=cluster, services=[arn])["services"]
        old = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
        (container,) = old["containerDefinitions"]
        variables = {each["name"]: each["value"] for each in container["environment"]} | settings(stage)
        listed = [{"name": name, "value": value} for name, value in variables.items()]
        new = ecs.register_task_definition(
            family=old["family"],
            taskRoleArn=old["taskRoleArn"],
            containerDefinitions=[
                {**{name: container[name] for name in ("name", "image", "command")}, "environment": listed}
            ],
        )["taskDefinition"]["taskDefinitionArn"]
        ecs.update_service(cluster=cluster, service=arn, taskDefinition=new)
        yield
        ecs.update_service(cluster=cluster, service=arn, taskDefinition=service["taskDefinition"])

    return broken


def with_metadata(**options: Any) -> Break:
    """The servers' launch template with other options of the metadata service, by a deploy."""

    @contextmanager
    def broken(stage: Stage) -> Iterator[None]:
        path = stage.assembly / f"{stage.deployed.stack('web')}.template.json"
        template = json.loads(path.read_text())
        (servers,) = [one for one in template["Resources"].values() if one["Type"] == "AWS::EC2::LaunchTemplate"]
        servers["Properties"]["LaunchTemplateData"]["MetadataOptions"] |= options
        update(stage, json.dumps(template))
        yield
        update(stage, path.read_text())

    return broken


def update(stage: Stage, template: str) -> None:
    cloudformation, name = stage.cloud.client("cloudformation"), stage.deployed.stack("web")
    cloudformation.update_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_IAM"])
    cloudformation.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig={"Delay": 1})


def with_code(change: Callable[[str], str]) -> Break:
    @contextmanager
    def broken(stage: Stage) -> Iterator[None]:
        path = stage.app.path / "web" / "application.py"
        before = path.read_text()
        path.write_text(change(before))
        yield
        path.write_text(before)

    return broken


def a_key_of_its_role(stage: Stage) -> dict[str, str]:
    """As somebody leaves it in the template: it is good, and it is not what ECS hands out."""
    workload = deployed(stage, "Api")
    return stage.cloud.role_session(workload.role, workload.kind.trusted).variables


def reaching(name: str, user: str) -> set[str]:
    """What shows that it can do its work."""
    through = f"as {user}, through the proxy"
    return {f"{name}: says how it is connected", f"{name} itself logs in {through}", f"{name} logs in {through}"}


def elsewhere(name: str, *others: str, kind: str = "cluster") -> set[str]:
    """What it must be refused."""
    as_others = {f"{name} as {other}{at}" for other in (*others, "the master") for at in ("", f", at the {kind}")}
    return {*as_others, f"{name} straight to the {kind}"}


API, SITE = reaching("Api", "api"), reaching("Site", "site")
API_ELSEWHERE, SITE_ELSEWHERE = elsewhere("Api", "site", "drift_watch"), elsewhere("Site", "api", "drift_watch")
WATCH = {
    "Watch logs in as drift_watch, straight into the cluster",
    "Watch straight to the proxy",
    *(f"Watch as {user}{at}" for user in ("api", "site", "the master") for at in ("", ", at the proxy")),
}
EC2 = {"Service": "ec2.amazonaws.com"}
BREAKS: dict[str, tuple[Break, set[str]]] = {
    "the service's grant dropped": (with_rights("Api", lambda stage, own: NOBODY), API),
    "the servers' grant dropped": (with_rights("Site", lambda stage, own: NOBODY), SITE),
    "the service's policy widened to *": (with_rights("Api", lambda stage, own: "*"), API_ELSEWHERE),
    "the servers' policy widened to *": (with_rights("Site", lambda stage, own: "*"), SITE_ELSEWHERE),
    "the servers given another's right, straight at the cluster": (
        with_rights("Site", as_api_at_the_cluster),
        {"Site as api, at the cluster"},
    ),
    "the task's role for another service": (
        trusting("Api", Principal={"Service": "lambda.amazonaws.com"}),
        API | API_ELSEWHERE,
    ),
    "the task's role for another account's tasks": (
        trusting("Api", Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}}),
        API | API_ELSEWHERE,
    ),
    "the task's role for another region's tasks": (
        trusting("Api", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:000000000000:*"}}),
        API | API_ELSEWHERE,
    ),
    "the servers' role for another service": (
        trusting("Site", Principal={"Service": "ecs-tasks.amazonaws.com"}),
        SITE | SITE_ELSEWHERE,
    ),
    "the watch's role for another service": (
        with_trust(role_of_watch, Principal=EC2),
        WATCH,
    ),
    "the proxy's role for another service": (
        with_trust(lambda stage: stage.deployed.proxy["RoleArn"], Principal=EC2),
        {*API, *SITE, "the proxy's role as the master"},
    ),
    "another user in the task's settings": (
        told(lambda stage: {"PGUSER": "site"}),
        {*reaching("Api", "site"), "Api as api"},
    ),
    "a way past the proxy in the task's settings": (
        told(lambda stage: {"PGHOST": stage.database.host}),
        {
            "Api: says how it is connected",
            "Api itself logs in as api, straight into the cluster",
            "Api logs in as api, straight into the cluster",
            "Api straight to the proxy",
        },
    ),
    "a key in the task's settings": (told(a_key_of_its_role), {"Api itself logs in as api, through the proxy"}),
    "metadata without a session token": (
        with_metadata(HttpTokens="optional"),
        {"Site's credentials, without a session token"},
    ),
    "metadata for containers": (
        with_metadata(HttpPutResponseHopLimit=2),
        {"Site's credentials, from a container on it"},
    ),
    "no metadata": (with_metadata(HttpEndpoint="disabled"), SITE - {"Site logs in as site, through the proxy"}),
    "code that ends": (
        with_code(lambda code: f"raise SystemExit('nothing to serve')\n{code}"),
        {"Api starts", "Site starts"},
    ),
    "code that says that it is another user": (
        with_code(lambda code: code.replace('"user": user', '"user": "site"')),
        {"Api: says how it is connected"},
    ),
    "TLS optional at the proxy": (with_tls_optional_at_the_proxy, {"no TLS, at the proxy"}),
}
