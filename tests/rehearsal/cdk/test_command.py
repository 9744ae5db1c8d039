"""The real cdk command line deploys to the emulator what was synthesized, and its failures name their cause."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyless.rehearsal.cdk.command import Cdk
from keyless.rehearsal.cdk.packing import CACHE
from keyless.rehearsal.cdk.stack_events import failures
from keyless.rehearsal.cdk.synthesis import synth
from keyless.rehearsal.cdk.tools import CdkError
from keyless.rehearsal.emulator.cloud import Cloud
from tests.rehearsal.cdk.sample import DATABASE_CA, SAMPLE, Deployed, Sample
from tests.rehearsal.rehearsed import APP

REASON = "the lock is held by someone else"


def test_the_deployed_template_is_the_synthesized_one(cloud: Cloud, deployed: Deployed) -> None:
    for stack in deployed.outputs:
        template = cloud.client("cloudformation").get_template(StackName=stack, TemplateStage="Original")[
            "TemplateBody"
        ]
        written = json.loads((deployed.sample.synthesized / f"{stack}.template.json").read_text())
        assert (template if isinstance(template, dict) else json.loads(template)) == written


def test_what_is_packed_beforehand_is_what_is_deployed(cloud: Cloud, deployed: Deployed) -> None:
    packed = list((deployed.sample.localised / CACHE).iterdir())
    deployed_sizes = {function["CodeSize"] for function in cloud.client("lambda").list_functions()["Functions"]}
    assert packed
    assert {path.stat().st_size for path in packed} <= deployed_sizes
    entries = [entry for path in packed for entry in zipfile.ZipFile(path).infolist()]
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}, "the cdk command line packed one itself"


def test_a_custom_resource_runs_under_its_own_role(deployed: Deployed) -> None:
    role = deployed.outputs["Sample-access"]["RoleOut"].rsplit("/", 1)[-1]
    assert f":assumed-role/{role}/" in deployed.outputs["Sample-access"]["whoOut"]


def test_a_function_is_led_to_the_endpoint_that_its_pghost_names(deployed: Deployed) -> None:
    seen = deployed.outputs["Sample-access"]
    assert seen["PGHOSTOut"] == deployed.outputs["Sample-database"]["EndpointOut"]
    assert seen["PGHOSTADDROut"] == "127.9.9.9"
    assert Path(seen["PGSSLROOTCERTOut"]).read_bytes() == DATABASE_CA.read_bytes()


def test_a_function_sees_nothing_of_the_operators_environment(cloud: Cloud, deployed: Deployed) -> None:
    assert deployed.outputs["Sample-access"]["KEYLESSLEAKOut"] == "-"
    assert deployed.outputs["Sample-access"]["HOMEOut"] == str(cloud.folder)


def test_a_second_deploy_changes_nothing(deployed: Deployed) -> None:
    again = deployed.cdk.deploy()
    assert again.changed == ()
    assert again.outputs == deployed.outputs


@pytest.fixture(scope="module")
def other_cloud() -> Iterator[Cloud]:
    with Cloud(account="123456789012", region="eu-west-1") as running:
        yield running


def test_updates_failures_and_destroy_of_a_stack(other_cloud: Cloud, sample: Sample, failing_sample: Sample) -> None:
    """One story, because each step needs the state that the one before left."""
    printed: list[str] = []
    first, changed = (
        Cdk(APP, other_cloud, sample.localised),
        Cdk(APP, other_cloud, failing_sample.localised, printed.append),
    )
    first.bootstrap()
    assert first.deploy("Sample-network", "Sample-database").changed == ("Sample-network", "Sample-database")

    with pytest.raises(CdkError) as refused:
        changed.deploy()
    cloudformation, rds = other_cloud.client("cloudformation"), other_cloud.client("rds")
    assert str(refused.value).startswith("Sample-access: Resource (Custom::Sample): ")
    assert str(refused.value).splitlines()[0].endswith(REASON)
    assert "    at " not in str(refused.value)
    assert not [line for line in printed if "[provider-framework] event" in line]
    assert [f.resource for f in failures(cloudformation, "Sample-access") if REASON in f.reason] == ["Resource"]
    assert failures(cloudformation, "Sample-network") == ()
    assert cloudformation.describe_stacks(StackName="Sample-access")["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("Sample-database" in line and "UPDATE_COMPLETE" in line for line in printed)
    assert rds.describe_db_proxies()["DBProxies"][0]["IdleClientTimeout"] == 600

    changed.destroy()
    left = {stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]}
    assert left == {"CDKToolkit-hnb659fds"}
    assert rds.describe_db_proxies()["DBProxies"] == rds.describe_db_clusters()["DBClusters"] == []


def test_a_failing_synth_shows_the_apps_output(tmp_path: Path) -> None:
    with pytest.raises(CdkError, match="ZeroDivisionError"):
        synth(APP, tmp_path / "out", {}, app=SAMPLE.split()[0] + ' -c "1/0"')


def test_synth_has_no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the-operators-key")
    show = tmp_path / "show.py"
    show.write_text("import os, sys; sys.exit('seen: ' + os.environ.get('AWS_ACCESS_KEY_ID', 'no key'))")
    with pytest.raises(CdkError, match="seen: no key"):
        synth(APP, tmp_path / "out", {}, app=f"{SAMPLE.split()[0]} {show}")
