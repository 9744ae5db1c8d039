"""Services of containers: what their tasks run, by the task definition that the service has now."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from keyless.rehearsal.deployment.kinds import SERVICE
from keyless.rehearsal.deployment.workloads.model import Physical, Workload, named, of_type, referred, source
from keyless.rehearsal.emulator.cloud import Cloud

_TYPE: Final = "AWS::ECS::Service"
_TASK: Final = "AWS::ECS::TaskDefinition"


def deployed(cloud: Cloud, template: Mapping[str, Any], physical: Physical) -> Iterator[Workload]:
    for logical_id, resource in of_type(template, _TYPE):
        task = _task(cloud.client("ecs"), physical(logical_id))
        (container, *_) = (one for one in task["containerDefinitions"] if one.get("essential", True))
        yield Workload(
            named(logical_id, resource),
            SERVICE,
            source(referred(template, resource["Properties"].get("TaskDefinition"))),
            task.get("taskRoleArn", ""),
            {each["name"]: each["value"] for each in container.get("environment", [])},
            (*container.get("entryPoint", ()), *container.get("command", ())),
        )


def sources(template: Mapping[str, Any]) -> Iterator[str]:
    yield from filter(None, (source(resource) for _, resource in of_type(template, _TASK)))


def _task(ecs: Any, service: str) -> dict[str, Any]:
    """`service`: its ARN, whose last parts are the cluster's name and its own."""
    cluster, name = service.split("/")[-2:]
    (found,) = ecs.describe_services(cluster=cluster, services=[name])["services"]
    task: dict[str, Any] = ecs.describe_task_definition(taskDefinition=found["taskDefinition"])["taskDefinition"]
    return task
