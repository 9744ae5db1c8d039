"""Every type that ministack lacks is deleted with its stack and refuses what it does not carry over."""

import pytest

from keyless.rehearsal.emulator.types.stand_ins import STAND_INS
from tests.rehearsal.emulator.types.stack import TEMPLATE, Stack


def test_deleting_the_stack_deletes_them(created: Stack) -> None:
    out = created.outputs
    created.delete()
    assert created.rds.describe_db_proxies()["DBProxies"] == []
    assert created.ec2.describe_flow_logs(FlowLogIds=[out["Flow"]])["FlowLogs"] == []
    assert created.rules(out["Group"]) == set()
    assert created.secrets.list_secrets()["SecretList"] == []
    assert created.ec2.describe_addresses()["Addresses"] == []
    assert [a for a in created.ec2.describe_network_acls()["NetworkAcls"] if a["NetworkAclId"] == out["Acl"]] == []


@pytest.mark.parametrize("resource_type", sorted(STAND_INS))
def test_a_property_that_is_not_carried_over_is_refused_by_name(stack: Stack, resource_type: str) -> None:
    name = next(name for name, resource in TEMPLATE["Resources"].items() if resource["Type"] == resource_type)
    stack.template["Resources"][name]["Properties"]["Surprise"] = "yes"
    with pytest.raises(Exception, match="ROLLBACK"):
        stack.create()
    assert f"{resource_type}: the rehearsal's stand-in does not carry Surprise" in stack.reasons()
