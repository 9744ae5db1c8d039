"""Functions that use the database, each as a user of its own."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import aws_cdk as cdk
from constructs import Construct

from keyless_aurora.functions.bundling import PythonBundle, refuse, shown
from keyless_aurora.functions.source import say_source
from keyless_aurora.functions.vpc_function import VpcFunction
from keyless_aurora.network.egress import open_egress
from keyless_aurora.settings.checked import settings
from keyless_aurora.settings.environment import Environment
from keyless_aurora.stacks.foundation import Foundation

_CODE: Final = "handler.py"


@settings
class WorkloadFunction:
    """A function: where its code is, and as whom it logs in."""

    folder: Path
    """With `handler.py`, whose `handler` is called, and `requirements.txt` if it has requirements."""
    user: str
    database: str
    timeout_seconds: int


class WorkloadStack(cdk.Stack):
    """The functions in `functions`, by the name that the environments' `workloads` know.

    Raises BundlingError with each function whose code can't be bundled, by what is in its folder.
    """

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        foundation: Foundation,
        *,
        functions: Mapping[str, WorkloadFunction],
        name: str = "workload",
        description: str = "Keyless Aurora: functions",
    ) -> None:
        super().__init__(
            scope,
            f"{environment.prefix}-{name}",
            env=environment.target,
            synthesizer=environment.synthesizer,
            termination_protection=environment.protected,
            description=description,
        )
        refuse(problem for id, function in functions.items() for problem in _problems(id, function))
        self._environment, self._on = environment, foundation
        for id, function in functions.items():
            self._function(id, function)

    def _function(self, id: str, declared: WorkloadFunction) -> None:
        workload, on = self._environment.workload(id), self._on
        function = VpcFunction(
            self,
            id,
            network=on.network,
            logs=on.logs,
            description=f"{id} function",
            timeout=cdk.Duration.seconds(declared.timeout_seconds),
            code=PythonBundle(declared.folder).code(on.platform),
            handler="handler.handler",
            max_concurrency=workload.max_concurrency,
        )
        say_source(function.function, declared.folder)
        open_egress(function, function.security_group, on.network, workload.egress)
        on.access.grant(
            function,
            user=declared.user,
            database=declared.database,
            pattern=workload.pattern,
            reader=workload.reader,
            also_reader=workload.also_reader,
        )
        cdk.CfnOutput(self, f"{id}FunctionName", value=function.function.function_name)


def _problems(id: str, declared: WorkloadFunction) -> Iterator[str]:
    yield from (f"function {id}: {problem}" for problem in PythonBundle(declared.folder).problems())
    if declared.folder.is_dir() and not (declared.folder / _CODE).is_file():
        yield f"function {id}: {shown(declared.folder)} has no {_CODE}; allowed: one with a function `handler`"
