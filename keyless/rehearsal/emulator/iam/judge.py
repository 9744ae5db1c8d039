"""Judges IAM database tokens by ministack's own verifier and evaluator. Runs in ministack's own process.

One case is decided here: the account's root is refused. It needs no policy, so letting it in would hide a missing one.
"""

from ministack.core.iam_evaluator import AuthError, EvalContext, PrincipalInfo, evaluate, resolve_principal
from ministack.core.rds_iam import RdsIamTokenError, verify_rds_iam_token
from ministack.core.responses import request_scope

from keyless.rehearsal.emulator.iam.verdict import Verdict


def judge(*, token: str, host: str, port: int, user: str, region: str, account: str, resource_id: str) -> Verdict:
    """Whether the deployed policies let the token's principal connect to the resource as `user`, right now."""
    verified = verify_rds_iam_token(token, hostname=host, port=port, db_user=user, region=region, account_id=account)
    if isinstance(verified, RdsIamTokenError):
        return Verdict(False, "", f"the token is refused: {verified.code}")
    resource = f"arn:aws:rds-db:{region}:{account}:dbuser:{resource_id}/{user}"
    with request_scope(account, region):
        principal = resolve_principal(verified.access_key_id, account)
        if isinstance(principal, AuthError):
            return Verdict(False, verified.principal_arn, f"the token's credentials are refused: {principal.code}")
        return _decide(principal, resource, region, account)


def _decide(principal: PrincipalInfo, resource: str, region: str, account: str) -> Verdict:
    if principal.policies is None:
        return Verdict(
            False, principal.arn, "the account's root is not a database user: its token proves nothing about any policy"
        )
    context = EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=account,
        action="rds-db:connect",
        resource_arn=resource,
        region=region,
        principal_keys=principal.keys,
    )
    decision = evaluate(context, principal.policies, *principal.limits).decision
    return Verdict(decision == "Allow", principal.arn, f"{decision}: rds-db:connect on {resource}")
