"""Rules for engines whose users nobody makes here: SQL Server, Oracle and Db2. TLS alone, a secret for each user that
its function alone may read, and no word of an access that nobody carries out."""

from keyless_checks.rule import Rule
from keyless_checks.rules.by_secret import honesty, instance, readers

RULES: tuple[Rule, ...] = (*instance.RULES, *readers.RULES, *honesty.RULES)
