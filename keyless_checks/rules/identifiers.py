"""Names that a service stores in another spelling than it was given."""

import re
from collections.abc import Iterator

from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule

_IDENTIFIER = re.compile(r"(DB\w+|GlobalCluster|OptionGroup)(Name|Identifier)")
"""Of RDS's properties: "This parameter is stored as a lowercase string" (API reference, such as CreateDBProxy's
neighbours CreateDBCluster, DBClusterIdentifier). DBName and DatabaseName are PostgreSQL's, and keep their letters."""


def small_letters(templates: Templates) -> Iterator[Finding]:
    """What RDS names is written in small letters, as RDS stores it: `Ref` gives the name as it was written, and nothing
    that compares the two would match."""
    for resource in templates.all():
        if not resource.type.startswith("AWS::RDS::"):
            continue
        for key, value in resource.props.items():
            if _IDENTIFIER.fullmatch(key) and isinstance(value, str) and value != value.lower():
                yield Finding(
                    resource.path, f"{key} is {value!r}; allowed: {value.lower()!r}, which is what RDS stores"
                )


RULES: tuple[Rule, ...] = (small_letters,)
