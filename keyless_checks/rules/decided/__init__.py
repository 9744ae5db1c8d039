"""A closed world: what resources may say, type by type, and how they are tied, as data."""

from keyless_checks.rule import Rule
from keyless_checks.rules.decided.contents import values
from keyless_checks.rules.decided.labels import tags
from keyless_checks.rules.decided.places import acl_ranges, even_subnets
from keyless_checks.rules.decided.presence import nothing_twice, outputs, used
from keyless_checks.rules.decided.roles import able, own_log
from keyless_checks.rules.decided.spec import same_spec
from keyless_checks.rules.decided.ties import alike, covered, keys, named_once, own

RULES: tuple[Rule, ...] = (
    values,
    outputs,
    nothing_twice,
    used,
    tags,
    own,
    alike,
    covered,
    named_once,
    keys,
    able,
    own_log,
    same_spec,
    even_subnets,
    acl_ranges,
)
