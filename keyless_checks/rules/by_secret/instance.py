"""The instance: a listener for TLS where a parameter can't force it, a licence, and the database it is created with."""

import re
from collections.abc import Iterator
from typing import Any

from keyless_checks.engines import ORACLE, SQLSERVER
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule
from keyless_checks.rules.by_secret.subject import by_secret

_NAME = re.compile("[A-Za-z][A-Za-z0-9]{0,7}")
_OPTION = "SSL"
_VERSION, _CIPHERS = "SQLNET.SSL_VERSION", "SQLNET.CIPHER_SUITE"
_STRONG = re.compile(r"TLS_ECDHE_(RSA|ECDSA)_WITH_AES_(128|256)_GCM_SHA(256|384)")
"""With forward secrecy and authenticated encryption."""


def encrypted_listener(templates: Templates) -> Iterator[Finding]:
    """Oracle has a listener for TLS 1.2 with strong ciphers, on the port that functions are told, in its own security
    group; nothing else is an option."""
    for database, facts in by_secret(templates):
        if facts.family is not ORACLE:
            if "OptionGroupName" in database.props:
                yield Finding(database.path, f"an option group of {facts.id}; allowed: none")
            continue
        group = templates.target(database.stack, database.props.get("OptionGroupName"))
        if group is None or group.type != "AWS::RDS::OptionGroup":
            yield Finding(database.path, "it has no listener for TLS: OptionGroupName names no option group")
            continue
        options = group.props.get("OptionConfigurations", [])
        if [option.get("OptionName") for option in options] != [_OPTION]:
            yield Finding(group.path, f"its options are not {_OPTION} alone")
        for option in options:
            yield from (Finding(group.path, problem) for problem in _problems(templates, group, option, database))


def _problems(templates: Templates, group: Resource, option: dict[str, Any], database: Resource) -> Iterator[str]:
    settings = {one.get("Name"): str(one.get("Value")) for one in option.get("OptionSettings", [])}
    ciphers = settings.get(_CIPHERS, "").split(",")
    if option.get("Port") != ORACLE.port:
        yield f"the listener for TLS is on port {option.get('Port')}; allowed: {ORACLE.port}"
    if settings.get(_VERSION) != "1.2":
        yield f"{_VERSION} is {settings.get(_VERSION)}; allowed: 1.2"
    if weak := [cipher for cipher in ciphers if not _STRONG.fullmatch(cipher)]:
        yield f"{_CIPHERS} has {', '.join(map(repr, weak))}; allowed: those of TLS_ECDHE with AES in GCM"
    named = {templates.text(group.stack, one) for one in option.get("VpcSecurityGroupMemberships", [])}
    own = {templates.text(database.stack, one) for one in database.props.get("VPCSecurityGroups", [])}
    if named != own:
        yield f"it is in security groups {sorted(named)}, and the instance in {sorted(own)}"


def licensed(templates: Templates) -> Iterator[Finding]:
    """The licence is one that its edition has: what isn't said is RDS's default, which may be one that has to be
    brought."""
    for database, facts in by_secret(templates):
        model = database.props.get("LicenseModel")
        if model not in facts.licenses:
            yield Finding(database.path, f"LicenseModel is {model}; allowed: {', '.join(facts.licenses)}")


def first_database(templates: Templates) -> Iterator[Finding]:
    """Oracle and Db2 are created with a database of at most 8 letters and digits, SQL Server with none."""
    for database, facts in by_secret(templates):
        name = database.props.get("DBName")
        if facts.family is SQLSERVER and name is not None:
            yield Finding(database.path, f"DBName is {name}; allowed: none, which RDS refuses for SQL Server")
        elif facts.family is not SQLSERVER and not _NAME.fullmatch(str(name or "")):
            yield Finding(database.path, f"DBName is {name!r}; allowed: a letter, then up to 7 letters and digits")


def no_iam(templates: Templates) -> Iterator[Finding]:
    """Nothing is said of IAM logins, which the engine hasn't, so that nobody takes them for a control."""
    for database, facts in by_secret(templates):
        for name in ("EnableIAMDatabaseAuthentication", "MasterUserAuthenticationType"):
            if name in database.props:
                yield Finding(database.path, f"{name} of {facts.id}, which has no IAM logins; allowed: none")


RULES: tuple[Rule, ...] = (encrypted_listener, licensed, first_database, no_iam)
