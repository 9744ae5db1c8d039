"""Every template as it ships, so that no change to one goes unseen. `UPDATE_SNAPSHOTS=1 pytest …` rewrites them."""

from collections.abc import Callable
from pathlib import Path

from keyless_aurora.testing import Reviewed
from keyless_aurora.testing.texts import template
from tests.app.environments import ENVIRONMENTS
from tests.infrastructure.support import Synthesis

SNAPSHOTS = Reviewed(Path(__file__).parent / "snapshots", accept="UPDATE_SNAPSHOTS=1 make infrastructure")


def test_the_templates_are_the_ones_that_were_reviewed(shipped: Callable[[str], Synthesis]) -> None:
    SNAPSHOTS.assert_same(
        {
            f"{name}-{stack}.json": template(body)
            for name in ENVIRONMENTS
            for stack, body in shipped(name).templates.by_stack.items()
        }
    )


def test_a_template_has_no_parameters_but_the_bootstrap_version(every: Synthesis) -> None:
    for body in every.templates.by_stack.values():
        assert set(body["Parameters"]) == {"BootstrapVersion"}
        assert set(body["Rules"]) == {"CheckBootstrapVersion"}
