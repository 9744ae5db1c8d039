"""Commands in the docs, in blocks and in lines of text, are such as their tools take."""

import re

import pytest

from tests.docs.reading.pages import PAGES, Block, Page, Span, of_kind
from tests.docs.shell import aws, make
from tests.docs.shell.commands import commands
from tests.docs.shell.tools import TOOLS, in_block, in_block_of_app, of, tool

NAMED = [span for page in PAGES.values() if page.name != "CHANGELOG.md" for span in page.spans]
_COMMAND = re.compile(rf"(\.venv/bin/|node_modules/\.bin/)?({'|'.join(TOOLS)}) \S.*")


def named(span: Span) -> list[str]:
    """What is wrong with a code span, if it is a command. It may be one in an app that `keyless init` wrote."""
    if not _COMMAND.fullmatch(span.text):
        return []
    return [
        problem
        for command in commands(span.text, whole=False)
        if not (tool(command) == "make" and not list(make.in_app(command)))
        for problem in of(command)
    ]


def needs_version_2(page: Page) -> bool:
    return any(option in page.text for option in aws.VERSION_2)


@pytest.mark.parametrize("block", of_kind("sh"), ids=lambda block: block.place)
def test_every_command_in_a_block_is_one_that_its_tool_takes(block: Block) -> None:
    assert list(in_block(block.text)) == []


@pytest.mark.parametrize("block", of_kind("sh app"), ids=lambda block: block.place)
def test_every_command_in_an_app_of_keyless_init_is_one_that_its_tool_takes(block: Block) -> None:
    assert list(in_block_of_app(block.text)) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("make unit", "no target 'unit'"),
        ("make deploy ENV=staging", "no environment 'staging'"),
        ("make test BASES=x", "no variable BASES"),
        ("keyless verify --envs dev", "no option --envs"),
        ("if true; then", "syntax error"),
    ],
)
def test_a_command_that_is_wrong_in_an_app_is_seen(text: str, problem: str) -> None:
    assert problem in "\n".join(in_block_of_app(text))
    assert list(in_block_of_app("make accept")) == []


def test_what_the_readme_says_of_both_holds_in_an_app_of_keyless_init() -> None:
    """From where it says so to where the project's own begins."""
    _, _, both = PAGES["README.md"].text.partition("What follows holds in both")
    targets = set(re.findall(r"(?:^|`|=1 )make ([a-z-]+)", both.partition("\n## Project layout")[0], re.MULTILINE))
    assert {"check", "yours", "deploy"} < targets
    assert [target for target in sorted(targets) for _ in in_block_of_app(f"make {target}")] == []


def test_every_command_in_a_line_of_text_is_one_that_its_tool_takes() -> None:
    assert [f"{span.place}: {problem}" for span in NAMED for problem in named(span)] == []
    assert sum(bool(_COMMAND.fullmatch(span.text)) for span in NAMED) > 50


def test_a_page_that_needs_version_2_of_the_aws_cli_says_so() -> None:
    pages = [page for page in PAGES.values() if needs_version_2(page)]
    assert [page.name for page in pages if "version 2 of the AWS CLI" not in " ".join(page.text.split())] == []
    assert pages


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("make tset", "no target 'tset'"),
        ("make synth ENVIRONMENT=dev", "no variable ENVIRONMENT"),
        ("make synth ENV=qa", "no environment 'qa'"),
        ('make synth ENV=dev ARGS="-c pattern=Z"', "pattern takes no 'Z'"),
        ('make deploy ENV=dev ARGS="--not-an-option"', "no option --not-an-option"),
        ('make rehearse ARGS="--databas instance"', "no option --databas"),
        ("keyless approve --config config/access.yaml", "Missing option '--to'"),
        ("keyless sync --config config/access.yaml --dryrun", "No such option: --dryrun"),
        ("keyless prove --config x --format sql", "is not one of"),
        ("keyless init", "Missing argument 'DIR'"),
        ("keyless init shop --wheels x", "No such option: --wheels"),
        ("keyless rehearse --databse instance", "no option --databse"),
        ("keyless verify --envrionment dev", "no option --envrionment"),
        ("aws rdz describe-db-clusters", "no service 'rdz'"),
        ("aws rds describe-clusters", "no command 'describe-clusters'"),
        ("aws rds describe-db-clusters --cluster orders", "no option --cluster"),
        ("aws rds delete-db-proxy", "--db-proxy-name is missing"),
        ("aws rds modify-db-cluster --db-cluster-identifier x --no-engine-version", "no option --no-engine-version"),
        ("aws rds describe-db-clusters --query 'DBClusters[].Nothing'", "finds nothing"),
        ("aws rds modify-db-cluster --db-cluster-identifier x --port five", "takes a number"),
        (
            "aws rds modify-db-cluster --db-cluster-identifier x --master-user-authentication-type iam",
            "takes no 'iam'; allowed",
        ),
        (
            "aws rds modify-db-cluster-parameter-group --db-cluster-parameter-group-name x --parameters Name=a,Value=b",
            "no field 'Name'",
        ),
        ("aws cloudformation wait stack-gone --stack-name x", "no waiter 'stack-gone'"),
        ("aws lambda invoke --function-name x", "the file for the answer is missing"),
        ('export PGPASSWORD="$(aws rds generate-db-auth-token --host x)"', "no option --host"),
        ("node_modules/.bin/cdk deplay --all", "no command 'deplay'"),
        ("node_modules/.bin/cdk deploy KeylessAurora-dev-db", "is no stack"),
        (".venv/bin/pytest tests/gone", "is not in the project"),
        (".venv/bin/python -m keyless.preflight --env dev", "no option --env"),
        ("helm install keyless", "helm is not a tool"),
        ("make test | less", "less is not a tool"),
        ("make lock ARGS=--upgraed", "no option --upgraed"),
        ("make deploy ENV=dev ARGS=--rollbakc", "no option"),
        ("if true; then", "syntax error"),
    ],
)
def test_a_command_that_is_wrong_is_seen(text: str, problem: str) -> None:
    assert problem in "\n".join(in_block(text))


@pytest.mark.parametrize("text", ["aws rds describe-clusters", "make tset", "keyless sync --dryrun"])
def test_a_wrong_command_in_a_line_of_text_is_seen(text: str) -> None:
    assert named(Span("docs/new.md", 1, text))


def test_a_tool_has_its_name_wherever_it_is() -> None:
    assert [tool(command) for command in commands(".venv/bin/keyless prove; FOO=1 node_modules/.bin/cdk synth")] == [
        "keyless",
        "cdk",
    ]
