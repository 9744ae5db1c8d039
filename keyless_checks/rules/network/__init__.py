"""Rules for the network: groups are closed, every path is between two groups and has both ends, nothing reaches the
outside."""

from keyless_checks.rule import Rule
from keyless_checks.rules.network import acls, security_groups, vpc

RULES: tuple[Rule, ...] = (
    *security_groups.RULES,
    *vpc.RULES,
    *acls.RULES,
)
