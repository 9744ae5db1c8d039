"""What an assembly may say, for a job that holds a role: what goes to the environment's own bootstrap, and runs nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from keyless.assembly.target import qualifier_of
from keyless_aurora.settings.bootstrap import default_qualifier
from tests.infrastructure.pipeline.archives import Archive, refused_by, run, sha256, taken
from tests.infrastructure.pipeline.sample import BUCKET, HASH, STACK, TEMPLATE_HASH, assembly, role

DOCKER = {"source": {"directory": f"asset.{HASH}"}, "destinations": {}}
EVIL = "arn:aws:iam::999999999999:role/evil"
MANIFEST = assembly()["manifest.json"]
ARTIFACTS = MANIFEST["artifacts"]
ASSETS = assembly()[f"{STACK}.assets.json"]


def changed(**files: Any) -> Archive:
    """The assembly with other files: dots in names are written as `__`, and the stack's as Sample."""
    renamed = {name.replace("__", ".").replace("Sample.", f"{STACK}."): content for name, content in files.items()}
    return Archive({**assembly(), **renamed})


def manifest(**fields: Any) -> Archive:
    return changed(manifest__json={**MANIFEST, **fields})


def twice(key: str, value: str) -> Archive:
    """The manifest with a second key of that name."""
    return changed(manifest__json=f'{json.dumps(MANIFEST)[:-1]}, "{key}": {value}}}')


def artifact(name: str = "Other", **fields: Any) -> Archive:
    return manifest(artifacts={**ARTIFACTS, name: fields})


def stack(name: str = STACK, **fields: Any) -> Archive:
    """Its stack, or one more, with other fields of the artifact."""
    return artifact(name, **{**ARTIFACTS[STACK], **fields})


def properties(**fields: Any) -> Archive:
    return stack(properties={**ARTIFACTS[STACK]["properties"], **fields})


def _of_asset(**fields: Any) -> Archive:
    return changed(
        Sample__assets__json={**ASSETS, "files": {**ASSETS["files"], HASH: {**ASSETS["files"][HASH], **fields}}}
    )


def asset(**source: Any) -> Archive:
    return _of_asset(source=source)


def destination(**fields: Any) -> Archive:
    """The asset's, with other fields."""
    ((name, found),) = ASSETS["files"][HASH]["destinations"].items()
    return _of_asset(destinations={name: {**found, **fields}})


ATTACKS: dict[str, tuple[Archive, str]] = {
    "settings in the assembly": (
        changed(cdk__json={"build": "touch owned"}),
        "'cdk.json' is not part of an assembly; allowed: cdk.out, manifest.json, performance-counters.json, tree.json, "
        "validation-report.json, and",
    ),
    "context in the assembly": (changed(cdk__context__json={}), "'cdk.context.json' is not part"),
    "a plugin in the assembly": (Archive(extra={"cdk.out/plugin.js": ""}), "'plugin.js' is not part"),
    "a nested assembly": (
        Archive(extra={"cdk.out/assembly-Inner/manifest.json": "{}"}),
        "'assembly-Inner' is not part",
    ),
    "a nested assembly's artifact": (
        artifact(type="cdk:cloud-assembly", properties={"directoryName": f"asset.{HASH}"}),
        "artifact 'Other', type: 'cdk:cloud-assembly' is not allowed; allowed: 'aws:cloudformation:stack', 'cdk:asset",
    ),
    "a lookup by a plugin": (
        changed(manifest__json={**MANIFEST, "missing": [{"provider": "plugin"}]}),
        "manifest.json: 'missing' is not allowed",
    ),
    "an asset that is made by a command": (
        asset(executable=["touch", "owned"]),
        f"{STACK}.assets.json, asset '{HASH}', source: 'executable' is not allowed; allowed: path, packaging",
    ),
    "an asset with a path and a command": (
        asset(path=f"asset.{HASH}", packaging="file", executable=["touch", "owned"]),
        "'executable' is not allowed",
    ),
    "an asset of the machine": (
        asset(path="../../../home/runner/.npmrc", packaging="file"),
        "'../../../home/runner/.npmrc' is not a file of the assembly",
    ),
    "an asset by an absolute path": (asset(path="/etc/passwd", packaging="file"), "'/etc/passwd' is not a file"),
    "a Docker image": (
        changed(Sample__assets__json={**ASSETS, "dockerImages": {"image": DOCKER}}),
        "dockerImages: 'image' is a Docker image, which is built by running it; allowed: files",
    ),
    "a Docker image in metadata": (
        changed(
            Sample__metadata__json={"/Sample": [{"type": "aws:cdk:asset", "data": {"packaging": "container-image"}}]}
        ),
        f"{STACK}.metadata.json, '/Sample', type: 'aws:cdk:asset' is not allowed; allowed: aws:cdk:…, but no asset",
    ),
    "a Docker image in the manifest's metadata": (
        stack(metadata={"/Other": [{"type": "aws:cdk:asset", "data": {"packaging": "container-image"}}]}),
        f"artifact '{STACK}': 'metadata' is not allowed; allowed: type, environment, properties",
    ),
    "metadata of the machine": (
        stack(additionalMetadataFile="/tmp/metadata.json"),
        f"additionalMetadataFile: '/tmp/metadata.json' is not allowed; allowed: '{STACK}.metadata.json'",
    ),
    "assets that the manifest takes from elsewhere": (
        artifact(f"{STACK}.assets", type="cdk:asset-manifest", properties={"file": "../x.assets.json"}),
        f"properties, file: '../x.assets.json' is not allowed; allowed: '{STACK}.assets.json'",
    ),
    "assets in a file of another name": (
        artifact(f"{STACK}.assets", type="cdk:asset-manifest", properties={"file": f"asset.{HASH}"}),
        f"file: 'asset.{HASH}' is not allowed; allowed: '{STACK}.assets.json'",
    ),
    "assets of no stack": (
        artifact("Other.assets", type="cdk:asset-manifest", properties={"file": "Other.assets.json"}),
        "file: 'Other.assets.json' is not allowed; allowed: nothing",
    ),
    "a template of the machine": (
        properties(templateFile="/etc/passwd"),
        f"templateFile: '/etc/passwd' is not allowed; allowed: '{STACK}.template.json'",
    ),
    "an asset manifest that nobody names": (
        changed(Other__assets__json=ASSETS),
        "'Other.assets.json' is not part of an assembly",
    ),
    "an asset manifest with something new": (
        changed(Sample__assets__json={**ASSETS, "commands": ["touch"]}),
        f"{STACK}.assets.json: 'commands' is not allowed; allowed: version, files, dockerImages",
    ),
    "no manifest": (
        Archive({name: content for name, content in assembly().items() if name != "manifest.json"}),
        "there is no manifest.json that can be read; allowed: an assembly as `make synth` made it",
    ),
    "a manifest of another shape": (
        changed(manifest__json=[]),
        "manifest.json: [] is not allowed; allowed: an object with version, artifacts, minimumCliVersion",
    ),
    "no assembly": (Archive({}), "there is no manifest.json that can be read"),
    "nested lists": (
        Archive({**assembly(), "manifest.json": "[" * 100_000 + "]" * 100_000}),
        "manifest.json is not as the cdk command line writes it: 'nested too deeply'; allowed: what `make synth` made",
    ),
    "a key that is there twice": (twice("artifacts", "{}"), "\"the key 'artifacts' is there twice\""),
    "no JSON": (Archive({**assembly(), "tree.json": "{"}), "tree.json is not as the cdk command line writes it"),
    "no number": (Archive({**assembly(), "tree.json": "[NaN]"}), "NaN is not JSON"),
    "another encoding": (Archive({**assembly(), "cdk.out": "\ufeff{}"}), "cdk.out is not as the cdk command line"),
    "too many artifacts": (
        manifest(artifacts={f"a{number}": {"type": "cdk:tree"} for number in range(300)} | ARTIFACTS),
        "manifest.json, artifacts: there are 304; allowed: 200",
    ),
    "an artifact of no kind": (artifact("Other", type=["cdk:tree"]), "artifact 'Other', type: ['cdk:tree'] is not"),
    "an artifact that is no object": (manifest(artifacts=ARTIFACTS | {"Other": 1}), "'Other': 1 is not allowed"),
    "a stack of another account": (
        stack("KeylessAurora-dev-other", environment="aws://999999999999/us-east-1"),
        "environment: 'aws://999999999999/us-east-1' is not allowed; allowed: 'aws://111122223333/eu-west-1'",
    ),
    "an environment of another form": (stack(environment="aws://x/y"), "its first stack says no environment"),
    "a stack of another environment": (
        properties(stackName="KeylessAurora-prod-access"),
        "stackName: 'KeylessAurora-prod-access' is not allowed; allowed: KeylessAurora-dev- and one word",
    ),
    "an artifact of another environment": (
        stack("KeylessAurora-prod-access"),
        "'KeylessAurora-prod-access' is not allowed; allowed: KeylessAurora-dev- and one word",
    ),
    "a stack of an environment whose name begins alike": (
        properties(stackName="KeylessAurora-dev-two-access"),
        "stackName: 'KeylessAurora-dev-two-access' is not allowed; allowed: KeylessAurora-dev- and one word",
    ),
    "a stack of nobody": (stack("Evil"), "'Evil' is not allowed; allowed: KeylessAurora-dev- and one word"),
    "another role to deploy with": (
        properties(assumeRoleArn=EVIL),
        f"properties, assumeRoleArn: '{EVIL}' is not allowed; allowed: '{role('deploy')}'",
    ),
    "a role of another environment": (
        properties(assumeRoleArn=role("deploy").replace("kldev", "klprod")),
        f"allowed: '{role('deploy')}'",
    ),
    "another role for CloudFormation": (
        properties(cloudFormationExecutionRoleArn=EVIL),
        f"cloudFormationExecutionRoleArn: '{EVIL}' is not allowed; allowed: '{role('cfn-exec')}'",
    ),
    "another role to look up with": (
        properties(lookupRole={"arn": EVIL}),
        f"lookupRole, arn: '{EVIL}' is not allowed; allowed: '{role('lookup')}'",
    ),
    "a template of another bucket": (
        properties(stackTemplateAssetObjectUrl="s3://evil/x.json"),
        f"'s3://evil/x.json' is not allowed; allowed: 's3://{BUCKET}/{TEMPLATE_HASH}.json'",
    ),
    "another template under the old name": (
        changed(Sample__template__json={"Resources": {"User": {"Type": "AWS::IAM::User"}}}),
        f"stackTemplateAssetObjectUrl: 's3://{BUCKET}/{TEMPLATE_HASH}.json' is not allowed; allowed: 's3://{BUCKET}/",
    ),
    "notifications": (properties(notificationArns=[]), "properties: 'notificationArns' is not allowed"),
    "tags": (properties(tags={}), "properties: 'tags' is not allowed"),
    "parameters": (properties(parameters={}), "properties: 'parameters' is not allowed"),
    "options for a role": (properties(assumeRoleAdditionalOptions={}), "'assumeRoleAdditionalOptions' is not allowed"),
    "another bootstrap": (
        properties(bootstrapStackVersionSsmParameter="/cdk-bootstrap/hnb659fds/version"),
        "'/cdk-bootstrap/hnb659fds/version' is not allowed; allowed: '/cdk-bootstrap/kldev/version'",
    ),
    "a number that is a switch": (properties(requiresBootstrapStackVersion=True), "Version: True is not allowed"),
    "protection of some stacks": (
        stack("KeylessAurora-dev-other", properties={"terminationProtection": True}),
        "terminationProtection is true for ['KeylessAurora-dev-other'] and not for ['KeylessAurora-dev-sample']; allowed",
    ),
    "protection that is no switch": (properties(terminationProtection=0), "terminationProtection: 0 is not allowed"),
    "an unknown key": (stack(plugin="x"), f"artifact '{STACK}': 'plugin' is not allowed"),
    "an unknown dependency": (
        stack(dependencies=["Evil"]),
        f"dependencies: 'Evil' is not allowed; allowed: '{STACK}.assets'",
    ),
    "another unknown dependency": (
        properties(additionalDependencies=["Evil"]),
        "additionalDependencies: 'Evil' is not",
    ),
    "a dependency of another form": (stack(dependencies="x"), "dependencies: 'x' is not allowed; allowed: a list"),
    "a report of the machine": (
        artifact("Report", type="cdk:feature-flag-report", properties={"file": "../../etc"}),
        "artifact 'Report', properties: 'file' is not allowed; allowed: module, flags",
    ),
    "a tree of the machine": (
        artifact("Tree", type="cdk:tree", properties={"file": "../x"}),
        "'../x' is not allowed; allowed: 'tree.json'",
    ),
    "an unused asset": (
        Archive({**assembly(), f"asset.{'cd' * 32}/x": ""}),
        f"'asset.{'cd' * 32}' is not part of an assembly",
    ),
    "an asset of another's file": (
        Archive({**asset(path=f"asset.{'cd' * 32}", packaging="zip").files, f"asset.{'cd' * 32}/x": ""}),
        f"'asset.{'cd' * 32}' is not a file of the assembly; allowed: 'asset.{HASH}', or a template in it",
    ),
    "a template under another's digest": (
        asset(path=f"{STACK}.template.json", packaging="file"),
        f"'{STACK}.template.json' has another digest; allowed: the template that the asset is named after",
    ),
    "another packaging": (
        asset(path=f"asset.{HASH}", packaging="docker"),
        "source, packaging: 'docker' is not allowed; allowed: 'zip', 'file'",
    ),
    "images as a list": (
        changed(Sample__assets__json={**ASSETS, "dockerImages": ["x"]}),
        "dockerImages: ['x'] is not allowed; allowed: an object",
    ),
    "a destination in another bucket": (
        destination(bucketName="evil-bucket"),
        f"bucketName: 'evil-bucket' is not allowed; allowed: '{BUCKET}'",
    ),
    "a destination by another role": (
        destination(assumeRoleArn=EVIL),
        f"assumeRoleArn: '{EVIL}' is not allowed; allowed: '{role('file-publishing')}'",
    ),
    "a destination by no role": (destination(assumeRoleArn=None), "assumeRoleArn: None is not allowed"),
    "a destination with an external id": (
        destination(assumeRoleExternalId="x"),
        "'assumeRoleExternalId' is not allowed",
    ),
    "a destination with options": (
        destination(assumeRoleAdditionalOptions={"Tags": []}),
        "'assumeRoleAdditionalOptions' is not allowed; allowed: bucketName, objectKey, assumeRoleArn, region",
    ),
    "a destination in another region": (
        destination(region="us-east-1"),
        "region: 'us-east-1' is not allowed; allowed: 'eu-west-1'",
    ),
    "a destination upwards": (
        destination(objectKey="../../x"),
        f"objectKey: '../../x' is not allowed; allowed: '{HASH}.zip'",
    ),
    "an unknown key of a destination": (destination(foo="x"), "'foo' is not allowed"),
    "a stack that is checked while it is read": (properties(validateOnSynth=True), "validateOnSynth: True is not"),
    "a report of another library": (
        artifact("Report", type="cdk:feature-flag-report", properties={"module": "x", "flags": {}}),
        "module: 'x' is not allowed; allowed: 'aws-cdk-lib'",
    ),
    "an asset of another name": (
        changed(Sample__assets__json={**ASSETS, "files": {**ASSETS["files"], "x": ASSETS["files"][HASH]}}),
        "files: 'x' is not allowed; allowed: a SHA-256",
    ),
    "a destination of another name": (
        _of_asset(destinations={"../x": {}}),
        "destinations: '../x' is not allowed; allowed: a destination's name",
    ),
    "an asset that isn't there": (
        Archive({name: content for name, content in assembly().items() if not name.startswith("asset.")}),
        f"'asset.{HASH}' is not a file of the assembly",
    ),
    "a destination that says nothing": (_of_asset(destinations={"here": {}}), "'assumeRoleArn' is missing; allowed"),
    "a version of another form": (changed(cdk__out={"version": "x"}), "cdk.out, version: 'x' is not allowed"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_could_run_or_reach_out_is_refused_by_name(tmp_path: Path, name: str) -> None:
    refused_by(tmp_path, *ATTACKS[name])


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    files = {
        **assembly(),
        "cdk.json": {},
        "manifest.json": properties(tags={}, assumeRoleArn=EVIL).files["manifest.json"],
    }
    files[f"{STACK}.assets.json"] = destination(region="us-east-1").files[f"{STACK}.assets.json"]
    assert len(taken(tmp_path, Archive(files)).stderr.splitlines()) == 4


def test_what_the_cdk_tells_of_a_slow_synth_is_taken(tmp_path: Path) -> None:
    counters = {"counters": {"phase:Synthesis": 23393, "phase:Synthesis(cnt)": 1}}
    answer = taken(tmp_path, changed(**{"performance-counters__json": counters}))
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("name", ["prod", "de", "developers"])
def test_the_assembly_of_another_environment_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "assembly.tar.gz"
    Archive().write(path)
    answer = run(path, sha256(path), tmp_path / "taken", name)
    assert (answer.returncode, f"allowed: KeylessAurora-{name}- and one word" in answer.stderr) == (1, True)


@pytest.mark.parametrize("name", ["dev", "prod", "staging", "production-eu", "Dev", ""])
def test_the_qualifier_is_the_one_that_the_settings_derive(name: str) -> None:
    for app in ("", "orders", "dev"):
        assert qualifier_of(name, app) == default_qualifier(name, app)


def test_an_app_with_a_name_takes_its_own_stacks_and_no_others(tmp_path: Path) -> None:
    path = tmp_path / "assembly.tar.gz"
    named = {
        name.replace(STACK, f"orders-{STACK}"): json.loads(
            json.dumps(content).replace(STACK, f"orders-{STACK}").replace("kldev", qualifier_of("dev", "orders"))
        )
        for name, content in assembly().items()
    }
    Archive(named).write(path)
    answers = {
        app: run(path, sha256(path), tmp_path / f"taken{app}", "dev", *(["--app", app] if app else []))
        for app in ("orders", "billing", "")
    }
    assert {app: answer.returncode for app, answer in answers.items()} == {"orders": 0, "billing": 1, "": 1}
    assert "allowed: billing-KeylessAurora-dev- and one word" in answers["billing"].stderr


def test_another_qualifier_is_taken_where_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "assembly.tar.gz"
    Archive(
        {name: json.loads(json.dumps(content).replace("kldev", "mine")) for name, content in assembly().items()}
    ).write(path)
    said = ["--qualifier", "prod=other", "--qualifier", "dev=mine"]
    answers = {
        "said": run(path, sha256(path), tmp_path / "taken", "dev", *said),
        "not said": run(path, sha256(path), tmp_path / "refused", "dev"),
        "misspelt": run(path, sha256(path), tmp_path / "refused", "dev", "--qualifier", "dev:mine"),
    }
    assert {name: answer.returncode for name, answer in answers.items()} == {"said": 0, "not said": 1, "misspelt": 2}
    assert "'dev:mine' is not ENVIRONMENT=QUALIFIER, as prod=mine" in answers["misspelt"].stderr


@pytest.mark.parametrize(
    "where", ["unknown-account/eu-west-1", "111122223333/unknown-region", "111122223333/us-gov-west-1"]
)
def test_what_the_synth_does_not_know_is_a_placeholder_everywhere(tmp_path: Path, where: str) -> None:
    account, region = (
        where.replace("unknown-account", "${AWS::AccountId}").replace("unknown-region", "${AWS::Region}").split("/")
    )
    text = json.dumps(assembly()).replace("aws://111122223333/eu-west-1", "aws://")
    text = text.replace("111122223333-eu-west-1-0123abcd", "current").replace("111122223333", account)
    files = json.loads(text.replace("eu-west-1", region).replace("aws://", f"aws://{where}"))
    answer = taken(tmp_path, Archive(files))
    assert (answer.returncode, answer.stderr) == (0, "")
