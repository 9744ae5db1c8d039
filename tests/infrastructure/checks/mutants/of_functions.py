"""Functions, layers and logs broken on purpose."""

from keyless_checks.rules import functions as rules
from tests.infrastructure.checks.mutants.edit import Mutant, drop, inner, put

FUNCTION, LAYER, ACCESS = rules.FUNCTION, rules.LAYER, "Custom::DatabaseAccess"
WRITER, BOOTSTRAP = "workload/Writer", "access/Bootstrap"

MUTANTS = [
    Mutant("a bootstrap that never runs", rules.sizes, put(FUNCTION, BOOTSTRAP, ReservedConcurrentExecutions=0)),
    Mutant("a function of 1000 s", rules.sizes, put(FUNCTION, WRITER, Timeout=1_000)),
    Mutant("a function of 64 MiB", rules.sizes, put(FUNCTION, WRITER, MemorySize=64)),
    Mutant("another Python than its layer's", rules.fitting_layers, put(FUNCTION, WRITER, Runtime="python3.13")),
    Mutant("another machine than its layer's", rules.fitting_layers, put(FUNCTION, WRITER, Architectures=["x86_64"])),
    Mutant("a layer for another Python", rules.fitting_layers, put(LAYER, CompatibleRuntimes=["python3.12"])),
    Mutant(
        "a layer of somebody else",
        rules.fitting_layers,
        put(FUNCTION, WRITER, Layers=["arn:aws:lambda:eu-west-1:111122223333:layer:x:1"]),
    ),
    Mutant(
        "a log group that keeps its lines for ever",
        rules.kept_logs,
        drop("AWS::Logs::LogGroup", "RetentionInDays", "workload/"),
    ),
    Mutant("a function that makes its own log group", rules.kept_logs, drop(FUNCTION, "LoggingConfig", WRITER)),
    Mutant("a function outside the network", rules.attached_clients, drop(FUNCTION, "VpcConfig", WRITER)),
    Mutant(
        "a function in a foreign security group",
        rules.attached_clients,
        inner(FUNCTION, "VpcConfig", WRITER, SecurityGroupIds=["sg-0123456789abcdef0"]),
    ),
    Mutant(
        "a password in a variable",
        rules.no_secret_variables,
        put(FUNCTION, WRITER, Environment={"Variables": {"PGPASSWORD": "x"}}),
    ),
    Mutant(
        "a reference to a secret in a variable",
        rules.no_secret_variables,
        put(FUNCTION, WRITER, Environment={"Variables": {"DSN": "{{resolve:secretsmanager:x}}"}}),
    ),
    Mutant(
        "a URL with a password in a variable",
        rules.no_secret_variables,
        put(FUNCTION, WRITER, Environment={"Variables": {"DATABASE_URL": "postgresql://u:hunter2@host/app"}}),
    ),
    Mutant(
        "an access key in a variable",
        rules.no_secret_variables,
        put(FUNCTION, WRITER, Environment={"Variables": {"SEND_AS": "AKIAIOSFODNN7EXAMPLE"}}),
    ),
    Mutant("CloudFormation gives up before the function does", rules.patient_calls, put(ACCESS, ServiceTimeout="60")),
    Mutant("the framework gives up first", rules.patient_calls, put(FUNCTION, "framework-onEvent", Timeout=3)),
    Mutant("a function that ends before its login does", rules.patient_logins, put(FUNCTION, WRITER, Timeout=15)),
    Mutant("CloudFormation waits an hour", rules.patient_calls, put(ACCESS, ServiceTimeout="3600")),
]
