"""Databases of engines whose users nobody makes here, within what the settings allow."""

from collections.abc import Iterator, Mapping, Sequence

from keyless_checks.engines import DB2, ENGINES, ORACLE, SQLSERVER, EngineFacts
from keyless_checks.rules.decided.forms import Each, Either, Form
from keyless_checks.rules.decided.types.words import GROUP, KEY, waits_for

_NAME = "[A-Za-z][A-Za-z0-9]{0,7}"
CIPHERS = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
_VERSIONS = {
    SQLSERVER: r"1[56]\.00\.\d+\.\d+\.v\d+",
    ORACLE: r"19\.0\.0\.0\.ru-\d{4}-\d{2}\.rur-\d{4}-\d{2}\.r\d+",
    DB2: r"11\.5\.\d+\.\d+\.sb\d+\.r\d+",
}
_OWN: Mapping[object, dict[str, Form]] = {
    SQLSERVER: {},
    ORACLE: {"DBName": _NAME, "OptionGroupName": "<AWS::RDS::OptionGroup>"},
    DB2: {"DBName": _NAME},
}
_INSIGHTS_ONLY = ("EnablePerformanceInsights", "PerformanceInsightsKMSKeyId", "PerformanceInsightsRetentionPeriod")
_MASTER: dict[str, Form] = {"ManageMasterUserPassword": True, "MasterUserSecret": {"KmsKeyId": KEY}}
_LISTENS: dict[str, Form] = {"db2comm": "SSL", "ssl_svcename": str(DB2.port)}
_LICENSED: dict[str, Form] = {"rds.ibm_customer_id": r"\d{4,16}", "rds.ibm_site_id": r"\d{4,16}"}
PARAMETERS: Mapping[str, Sequence[Form]] = {
    r"sqlserver-[a-z]{2}-1[56]\.0": ({"rds.force_ssl": "1"},),
    r"oracle-(ee|se2)-19": ({"audit_trail": "OS", r"sqlnetora.sqlnet.allowed_logon_version_server": "12"},),
    r"db2-[a-z]{2}-11\.5": (_LISTENS, {**_LISTENS, **_LICENSED}),
}
"""By the form of their families."""
LISTENER_OPTION: dict[str, Form] = {
    "EngineName": "oracle-(ee|se2)",
    "MajorEngineVersion": "19",
    "OptionConfigurations": Each(
        {
            "OptionName": "SSL",
            "OptionSettings": Each(
                Either(
                    (
                        {"Name": r"SQLNET\.SSL_VERSION", "Value": r"1\.2"},
                        {"Name": r"SQLNET\.CIPHER_SUITE", "Value": CIPHERS},
                    )
                ),
                least=2,
                most=2,
            ),
            "Port": ORACLE.port,
            "VpcSecurityGroupMemberships": Each(GROUP, most=1),
        },
        most=1,
    ),
}


def databases(
    common: Mapping[str, Form],
    kept: Sequence[dict[str, Form]],
    insights: Sequence[dict[str, Form]],
    monitored: Sequence[dict[str, Form]],
) -> Iterator[Form]:
    """Each way to be kept, watched and monitored, of each engine."""
    for facts in ENGINES.values():
        if not facts.family.converged:
            properties = _instance(common, facts)
            for way in kept:
                for one in insights if facts.insights else ({},):
                    for how in monitored:
                        yield {
                            **way,
                            "DependsOn": waits_for("AWS::Logs::LogGroup"),
                            "Properties": {**properties, **one, **how},
                        }


def _instance(common: Mapping[str, Form], facts: EngineFacts) -> dict[str, Form]:
    without = {"EnableIAMDatabaseAuthentication", "DBName", *(() if facts.insights else _INSIGHTS_ONLY)}
    return {
        **{name: form for name, form in common.items() if name not in without},
        **_MASTER,
        **_OWN[facts.family],
        "EnableCloudwatchLogsExports": Each(
            "|".join(sorted(facts.log_exports)), has=tuple(sorted(facts.needed_exports))
        ),
        "Engine": facts.id,
        "EngineVersion": _VERSIONS[facts.family],
        "LicenseModel": Either(facts.licenses),
        "Port": str(facts.family.listener),
    }
