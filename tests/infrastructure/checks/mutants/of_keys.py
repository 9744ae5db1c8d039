"""KMS keys broken on purpose."""

from typing import Any

from keyless_checks.rules import keys as rules
from tests.infrastructure.checks.mutants.edit import Mutant, pick, put
from tests.infrastructure.templates import Change, Templates

KEY = rules.KEY
DATABASE, LOGS, TOPIC = "database/Database/Key", "network/LogsKey", "monitoring/Notifications/Key"
_ACCOUNT = "arn:aws:iam::111122223333"


def _more(part: str, **values: Any) -> Change:
    """One more statement, for decryption if nothing else is said."""
    entry = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", **values}
    return lambda templates: pick(templates, KEY, part).props["KeyPolicy"]["Statement"].append(entry)


def _less(part: str, number: int) -> Change:
    return lambda templates: pick(templates, KEY, part).props["KeyPolicy"]["Statement"].pop(number)


def _changed(part: str, number: int, **values: Any) -> Change:
    return lambda templates: pick(templates, KEY, part).props["KeyPolicy"]["Statement"][number].update(values)


def _any_groups(templates: Templates) -> None:
    del pick(templates, KEY, LOGS).props["KeyPolicy"]["Statement"][1]["Condition"]


MUTANTS = [
    Mutant("the logs' key doesn't rotate", rules.rotated_keys, put(KEY, LOGS, EnableKeyRotation=False)),
    Mutant("a key for everybody", rules.decided_uses, _more(DATABASE, Principal="*")),
    Mutant(
        "a key for another account",
        rules.decided_uses,
        _more(DATABASE, Principal={"AWS": "arn:aws:iam::999999999999:root"}, Action="kms:*"),
    ),
    Mutant("a key for a role past IAM", rules.decided_uses, _more(DATABASE, Principal={"AWS": f"{_ACCOUNT}:role/x"})),
    Mutant("a key for another service", rules.decided_uses, _more(LOGS, Principal={"Service": "s3.amazonaws.com"})),
    Mutant("a key that is denied to all", rules.decided_uses, _more(DATABASE, Effect="Deny", Principal="*")),
    Mutant(
        "a key for its account through any service",
        rules.decided_uses,
        _more(DATABASE, Principal={"AWS": f"{_ACCOUNT}:root"}, Condition={"StringLike": {"kms:ViaService": "*"}}),
    ),
    Mutant("a key that nobody manages", rules.decided_uses, _less(DATABASE, 0)),
    Mutant("a logs' key for the groups of every account", rules.decided_uses, _any_groups),
    Mutant("a logs' key that may be given away", rules.decided_uses, _changed(LOGS, 1, Action="kms:*")),
    Mutant("a logs' key that CloudWatch Logs can't use", rules.needed_uses, _less(LOGS, 1)),
    Mutant("a logs' key to decrypt only", rules.needed_uses, _changed(LOGS, 1, Action="kms:Decrypt")),
    Mutant("a topic's key that alarms can't use", rules.needed_uses, _less(TOPIC, 1)),
    Mutant("a topic's key that notices can't use", rules.needed_uses, _less(TOPIC, 2)),
]
