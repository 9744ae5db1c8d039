"""Roles broken on purpose."""

from keyless_checks.rules import secrets as secret_rules
from keyless_checks.rules.roles import actions, functions, order, resources, rights, trust
from tests.infrastructure.checks.mutants.edit import Mutant, add, less, more, pick, put, statement, without_order
from tests.infrastructure.templates import Change, Templates

ROLE, CONNECT, INTERFACE = "AWS::IAM::Role", "rds-db:connect", "ec2:CreateNetworkInterface"
DENIAL, FUNCTION = "NoInterfacesForCode", "AWS::Lambda::Function"
_SESSIONS, _LISTED = "keyless_sessions_name_one_user", "keyless_rights_are_listed"
_RDS_DB = "arn:aws:rds-db:eu-west-1:111122223333:dbuser"
_IAM = "arn:aws:iam::111122223333:role"
_ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def _unconfined(templates: Templates) -> None:
    for entry in pick(templates, "AWS::IAM::Policy", DENIAL).props["PolicyDocument"]["Statement"]:
        del entry["Condition"]


def _another_functions(templates: Templates) -> None:
    policy = pick(templates, "AWS::IAM::Policy", f"workload/Writer/{DENIAL}")
    for entry in policy.props["PolicyDocument"]["Statement"]:
        entry["Condition"] = {
            "ArnEquals": {"lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:other"}
        }


def _trusted_by(**values: object) -> Change:
    return lambda templates: (
        pick(templates, ROLE, "workload/").props["AssumeRolePolicyDocument"]["Statement"][0].update(values)
    )


def _beside_its_role(templates: Templates) -> None:
    """Enhanced Monitoring's rights in a policy of their own, which the cluster doesn't wait for."""
    role = pick(templates, ROLE, "MonitoringRole")
    (policy,) = role.props.pop("Policies")
    add(
        "database",
        "AWS::IAM::Policy",
        PolicyDocument=policy["PolicyDocument"],
        PolicyName="Logs",
        Roles=[{"Ref": role.logical_id}],
    )(templates)


def _monitoring_in(log_group: str) -> Change:
    def change(templates: Templates) -> None:
        (policy,) = pick(templates, ROLE, "MonitoringRole").props["Policies"]
        policy["PolicyDocument"]["Statement"][0]["Resource"] = log_group

    return change


def _another_role(templates: Templates) -> None:
    migrator = pick(templates, FUNCTION, "workload/Migrator")
    pick(templates, FUNCTION, "workload/Writer").props["Role"] = migrator.props["Role"]


def _inline(action: str) -> Change:
    """A policy in the role itself."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": f"{_IAM}/x"}]}
    return put(ROLE, "workload/Writer", Policies=[{"PolicyName": "More", "PolicyDocument": document}])


_WIDENING = (
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "lambda:AddPermission",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:PassRole",
    "sts:AssumeRole",
    "rds:ModifyDBCluster",
    "rds:ModifyDBProxy",
    "rds-data:ExecuteStatement",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "cloudformation:UpdateStack",
    "ec2:AuthorizeSecurityGroupIngress",
    "logs:DeleteLogGroup",
)


def _by_pattern(templates: Templates) -> None:
    """A workflow's role for every repository, in a stack like the pipeline's."""
    condition = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:*"}}
    trust_ = {"Effect": "Allow", "Principal": {"Federated": "x"}, "Action": "sts:AssumeRoleWithWebIdentity"}
    document = {"Version": "2012-10-17", "Statement": [{**trust_, "Condition": condition}]}
    role = {"Type": ROLE, "Properties": {"AssumeRolePolicyDocument": document}}
    templates.by_stack["pipeline"] = {"Resources": {"Deploy": role}}


OF_ACTIONS = [
    Mutant(
        "a framework that may call another function",
        resources.resources,
        statement(
            "lambda:InvokeFunction", "access/Access", Resource="arn:aws:lambda:eu-west-1:111122223333:function:x"
        ),
    ),
    Mutant(
        "a watch that tells another account",
        resources.resources,
        statement("events:PutEvents", Resource="arn:aws:events:eu-west-1:999999999999:event-bus/default"),
    ),
    Mutant(
        "Enhanced Monitoring in every log",
        resources.resources,
        _monitoring_in("arn:aws:logs:eu-west-1:111122223333:log-group:*"),
    ),
    Mutant(
        "flow logs in another log",
        resources.resources,
        statement("logs:DescribeLogStreams", "FlowLog", Resource="arn:aws:logs:eu-west-1:111122223333:log-group:x"),
    ),
    Mutant("a workflow of any repository", resources.exact_claims, _by_pattern),
    *(
        Mutant(
            f"a function that may {a}", actions.actions, more("workload/Writer/Role", Action=a, Resource=f"{_IAM}/x")
        )
        for a in _WIDENING
    ),
    Mutant("a right in the role itself", actions.actions, _inline("iam:PassRole")),
    Mutant(
        "a bootstrap that may change its code",
        actions.actions,
        more("access/Bootstrap/Role", Action="lambda:UpdateFunctionCode", Resource=f"{_IAM}/x"),
    ),
    Mutant(
        "a proxy that may invoke functions",
        actions.actions,
        more("database/Proxy/Role", Action="lambda:InvokeFunction", Resource=f"{_IAM}/x"),
    ),
    Mutant(
        "a framework that may log in",
        actions.actions,
        more("access/Access/ProviderRole", Action=CONNECT, Resource=f"{_RDS_DB}:cluster-0AB/keyless_master"),
    ),
    Mutant("two functions with one role", actions.one_user, _another_role),
    Mutant("a function with a role of somebody else", actions.one_user, put(FUNCTION, "Writer", Role=f"{_IAM}/x")),
    Mutant(
        "a function's role that virtual machines may take",
        actions.one_user,
        lambda templates: (
            pick(templates, ROLE, "workload/")
            .props["AssumeRolePolicyDocument"]["Statement"][0]
            .update(Principal={"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]})
        ),
    ),
]
MUTANTS = [
    *OF_ACTIONS,
    Mutant("a cluster that is handed a role without its rights", order.complete, _beside_its_role),
    Mutant("a flow log that is made before its role's rights", order.complete, without_order("AWS::EC2::FlowLog")),
    Mutant(
        "a function that is made before its role's rights",
        order.complete,
        without_order("AWS::Lambda::Function", "workload/Writer"),
    ),
    Mutant(
        "rights on a log group without `:*`",
        rights.log_groups,
        _monitoring_in("arn:aws:logs:eu-west-1:111122223333:log-group:RDSOSMetrics"),
    ),
    Mutant("sessions on every resource", rights.sessions, statement(CONNECT, "workload/", Resource="*"), _SESSIONS),
    Mutant(
        "sessions as anybody anywhere: dbuser:*",
        rights.sessions,
        statement(CONNECT, "workload/", Resource=f"{_RDS_DB}:*"),
        _SESSIONS,
    ),
    Mutant(
        "sessions as one user of every database",
        rights.sessions,
        statement(CONNECT, "workload/", Resource=f"{_RDS_DB}:*/migrator"),
        _SESSIONS,
    ),
    Mutant(
        "sessions as every user of one proxy",
        rights.sessions,
        statement(CONNECT, "workload/", Resource=f"{_RDS_DB}:prx-0ab/*"),
        _SESSIONS,
    ),
    Mutant(
        "one more session, as users by pattern",
        rights.sessions,
        more("workload/", Action=CONNECT, Resource=f"{_RDS_DB}:prx-0ab/w*"),
        _SESSIONS,
    ),
    Mutant(
        "sessions of the proxy on every user",
        rights.sessions,
        statement(CONNECT, "database/", Resource=f"{_RDS_DB}:cluster-0AB/*"),
        _SESSIONS,
    ),
    Mutant(
        "the proxy's name instead of its id",
        rights.sessions,
        statement(CONNECT, "workload/", Resource=f"{_RDS_DB}:keyless-proxy/migrator"),
    ),
    Mutant("rds-db with every action", rights.unlisted, statement(CONNECT, "workload/", Action="rds-db:*"), _SESSIONS),
    Mutant(
        "the ARN of rds beside rds-db:connect",
        rights.wrong_service,
        statement(CONNECT, "workload/", Resource="arn:aws:rds:eu-west-1:111122223333:cluster:keyless"),
    ),
    Mutant(
        "the ARN of a log group beside lambda:InvokeFunction",
        rights.wrong_service,
        statement("lambda:InvokeFunction", Resource="arn:aws:logs:eu-west-1:111122223333:log-group:x"),
    ),
    Mutant("logs on every resource", rights.everything, statement("logs:PutLogEvents", "workload/", Resource="*")),
    Mutant("every function may be invoked", rights.everything, statement("lambda:InvokeFunction", Resource="*")),
    Mutant("NotAction", rights.unlisted, more("workload/", NotAction="iam:*", Resource="*"), _LISTED),
    Mutant(
        "NotResource",
        rights.unlisted,
        more("workload/", Action="s3:GetObject", NotResource="arn:aws:s3:::x/*"),
        _LISTED,
    ),
    Mutant("an action by pattern", rights.unlisted, more("workload/", Action="s3:Get*", Resource="arn:aws:s3:::x/y")),
    Mutant("AdministratorAccess", rights.unlisted, put(ROLE, "workload/", ManagedPolicyArns=[_ADMIN])),
    Mutant(
        "a function in the network whose role can't make interfaces",
        functions.attached_functions,
        less("workload/Writer/Role", INTERFACE),
    ),
    Mutant(
        "… can't delete them",
        functions.attached_functions,
        statement(INTERFACE, "workload/Writer/Role", Action=[INTERFACE]),
    ),
    Mutant("… can't write its log", functions.attached_functions, less("workload/Writer/Role", "logs:PutLogEvents")),
    Mutant(
        "… writes to another function's log",
        functions.attached_functions,
        statement(
            "logs:PutLogEvents", "workload/Writer/Role", Resource="arn:aws:logs:eu-west-1:111122223333:log-group:x"
        ),
    ),
    Mutant("a function whose code may make interfaces", functions.attached_functions, less(DENIAL, INTERFACE)),
    Mutant("a denial for another function's code", functions.attached_functions, _another_functions),
    Mutant("a denial that stops Lambda itself", functions.confined_denials, _unconfined),
    Mutant("a role that everybody may take", trust.trust, _trusted_by(Principal="*")),
    Mutant(
        "a role that another account may take",
        trust.trust,
        _trusted_by(Principal={"AWS": "arn:aws:iam::999999999999:root"}),
    ),
    Mutant(
        "a service that may take a role for other accounts",
        trust.trust,
        _trusted_by(Principal={"Service": "vpc-flow-logs.amazonaws.com"}),
    ),
    Mutant(
        "a role for every identity of a federation",
        trust.trust,
        _trusted_by(Principal={"Federated": "arn:aws:iam::111122223333:oidc-provider/x"}),
    ),
    Mutant(
        "a right to read every secret",
        secret_rules.narrow_rights,
        more("workload/", Action="secretsmanager:GetSecretValue", Resource="*"),
        "keyless_no_right_to_secrets",
    ),
    Mutant(
        "a right to a secret of nobody",
        secret_rules.narrow_rights,
        more(
            "workload/",
            Action="secretsmanager:GetSecretValue",
            Resource="arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-*",
        ),
        "keyless_no_right_to_secrets",
    ),
    Mutant(
        "a key for more than Secrets Manager",
        secret_rules.narrow_rights,
        more("workload/", Action="kms:Decrypt", Resource="arn:aws:kms:eu-west-1:111122223333:key/x"),
    ),
]
