"""No container of a service is ever started: ministack would, where this machine has Docker. Runs in its own process.

What a service's tasks run, the rehearsal starts itself, as a process (keyless.rehearsal.workloads).
"""

from ministack.services import ecs


def install() -> None:
    ecs._get_docker = lambda: None
