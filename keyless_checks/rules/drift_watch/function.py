"""The drift watch's function, and the event bus that its findings go to."""

import re
from collections.abc import Iterator

from keyless_checks.reading.templates import Resource, Templates

BUS = re.compile(r"arn:aws:events:[^:*]+:[^:*]+:event-bus/default")
RULE = "AWS::Events::Rule"
_HANDLER = "db_access.watch.handler"


def watches(templates: Templates) -> Iterator[Resource]:
    yield from (r for r in templates.all("AWS::Lambda::Function") if r.props.get("Handler") == _HANDLER)
