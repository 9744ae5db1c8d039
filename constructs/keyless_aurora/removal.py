"""What is kept is kept of a deploy that worked: what a failed one made must go again, or the next would meet "already
exists"."""

import aws_cdk as cdk
from constructs import IConstruct

_KEPT, _KEPT_ONCE_MADE = cdk.CfnDeletionPolicy.RETAIN, cdk.CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE


def keep_once_made(scope: IConstruct) -> None:
    """Of everything in `scope` that is retained, also of what the library decides, such as a database's subnet group.
    Called when all is made.

    Source: CloudFormation User Guide, "DeletionPolicy attribute", RetainExceptOnCreate. Replaced resources stay
    retained: UpdateReplacePolicy has no such value.
    """
    for found in scope.node.find_all():
        if isinstance(found, cdk.CfnResource) and found.cfn_options.deletion_policy == _KEPT:
            found.cfn_options.deletion_policy = _KEPT_ONCE_MADE
