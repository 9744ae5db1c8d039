"""Services broken on purpose. What they are made of is `tests.infrastructure.workloads`."""

from typing import Any

from keyless_checks.rules import containers, paths
from keyless_checks.rules.functions import no_secret_variables
from keyless_checks.rules.network import vpc
from keyless_checks.rules.roles import actions
from keyless_checks.rules.sessions import functions, variables
from tests.infrastructure.checks.mutants.edit import Mutant, less, more, pick, put, remove
from tests.infrastructure.templates import Change, Templates

TASK, SERVICE, OUT = "AWS::ECS::TaskDefinition", "AWS::ECS::Service", "AWS::EC2::SecurityGroupEgress"
API, ROLE = "services/Api", "services/Api/Role"
CONNECT = "rds-db:connect"


def container(**values: object) -> Change:
    """Change the container; None takes a property away."""

    def change(templates: Templates) -> None:
        (one,) = pick(templates, TASK, API).props["ContainerDefinitions"]
        one.update(values)
        for name in [name for name, value in values.items() if value is None]:
            del one[name]

    return change


def told(name: str, value: object) -> Change:
    def change(templates: Templates) -> None:
        (one,) = pick(templates, TASK, API).props["ContainerDefinitions"]
        one["Environment"] = [*(e for e in one["Environment"] if e["Name"] != name), {"Name": name, "Value": value}]

    return change


def network(**values: object) -> Change:
    return lambda templates: (
        pick(templates, SERVICE, API).props["NetworkConfiguration"]["AwsvpcConfiguration"].update(values)
    )


def _agents_role(templates: Templates) -> None:
    task = pick(templates, TASK, API).props
    task["TaskRoleArn"] = task["ExecutionRoleArn"]


def _public(templates: Templates) -> None:
    subnet = pick(templates, "AWS::EC2::Subnet", "PublicSubnet")
    pick(templates, SERVICE, API).props["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"] = [
        {"Fn::ImportValue": _exported(templates, subnet.logical_id)}
    ]


def _exported(templates: Templates, logical_id: str) -> str:
    outputs: dict[str, Any] = templates.by_stack["network"].setdefault("Outputs", {})
    outputs["Extra"] = {"Value": {"Ref": logical_id}, "Export": {"Name": "extra"}}
    return "extra"


MUTANTS = [
    Mutant(
        "a service in subnets of somebody else",
        vpc.private_subnets,
        network(Subnets=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]),
    ),
    Mutant("a password in a command", containers.plain_start, container(Command=["app", "--password", "hunter2"])),
    Mutant(
        "an address with a password in an entry point",
        containers.plain_start,
        container(EntryPoint=["app", "postgresql://api:hunter2@example.com/app"]),
    ),
    Mutant(
        "a key of AWS in a health check",
        containers.plain_start,
        container(HealthCheck={"Command": ["CMD-SHELL", "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE check"]}),
    ),
    Mutant("a password in a label", containers.plain_start, container(DockerLabels={"password": "hunter2"})),
    Mutant(
        "a container with somebody else's credentials",
        variables.harmless_variables,
        told("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/theirs"),
    ),
    Mutant(
        "a container that asks elsewhere for credentials",
        variables.harmless_variables,
        told("AWS_SHARED_CREDENTIALS_FILE", "/tmp/theirs"),
    ),
    Mutant("a container that can write everywhere", containers.confined, container(ReadonlyRootFilesystem=False)),
    Mutant("a container that runs as root", containers.confined, container(User="0")),
    Mutant("a container that runs as who its image says", containers.confined, container(User=None)),
    Mutant("a privileged container", containers.confined, container(Privileged=True)),
    Mutant("a container with Linux's capabilities", containers.confined, container(LinuxParameters={})),
    Mutant(
        "an image by a name that may move",
        containers.pinned_images,
        container(Image="111122223333.dkr.ecr.eu-west-1.amazonaws.com/api:latest"),
    ),
    Mutant("an image from anywhere", containers.pinned_images, container(Image=f"ghcr.io/x/api@sha256:{'0' * 64}")),
    Mutant("a container without a log", containers.logged, container(LogConfiguration=None)),
    Mutant(
        "a container with a secret of ECS's",
        containers.logged,
        container(Secrets=[{"Name": "X", "ValueFrom": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x"}]),
    ),
    Mutant("tasks with a public address", containers.private_tasks, network(AssignPublicIp="ENABLED")),
    Mutant("tasks with a group of somebody else", containers.private_tasks, network(SecurityGroups=["sg-0123456789"])),
    Mutant("a shell in every task", containers.private_tasks, put(SERVICE, API, EnableExecuteCommand=True)),
    Mutant("tasks on hosts of somebody's", containers.private_tasks, put(SERVICE, API, LaunchType="EC2")),
    Mutant("containers on the host's network", containers.private_tasks, put(TASK, API, NetworkMode="host")),
    Mutant("a task with the agent's role", containers.two_roles, _agents_role),
    Mutant("tasks in a public subnet", vpc.private_subnets, _public),
    Mutant("a service past the proxy", functions.told_is_allowed, told("PGHOST", "10.0.0.1")),
    Mutant("a service that is told another user", functions.told_is_allowed, told("PGUSER", "migrator")),
    Mutant("a service that may not log in", functions.told_is_allowed, less(ROLE, CONNECT)),
    Mutant("a service as the drift watch's user", functions.watchs_user, told("PGUSER", "drift_watch")),
    Mutant("a service to a database that the spec lacks", functions.declared_users, told("PGDATABASE", "postgres")),
    Mutant("a container that runs other code first", variables.harmless_variables, told("PYTHONSTARTUP", "/x.py")),
    Mutant("a container without TLS", variables.harmless_variables, told("PGSSLMODE", "disable")),
    Mutant("a container with a password", no_secret_variables, told("DB_PASSWORD", "x")),
    Mutant("a service on another port", variables.same_port, told("PGPORT", "5433")),
    Mutant("a service whose group lets nothing out", paths.clients_arrive, remove(OUT, f"{API}/ToProxy")),
    Mutant(
        "a task that may change roles",
        actions.actions,
        more(ROLE, Action="iam:PutRolePolicy", Resource="arn:aws:iam::111122223333:role/x"),
    ),
    Mutant(
        "an agent that may read secrets",
        actions.actions,
        more("services/Api/AgentRole", Action="secretsmanager:GetSecretValue", Resource="arn:aws:secretsmanager:x"),
    ),
    Mutant(
        "a service's role that another service may take",
        actions.one_user,
        lambda templates: (
            pick(templates, "AWS::IAM::Role", ROLE)
            .props["AssumeRolePolicyDocument"]["Statement"][0]
            .update(Principal={"Service": "ec2.amazonaws.com"})
        ),
    ),
]
