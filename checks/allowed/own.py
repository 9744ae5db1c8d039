"""What your own stacks and functions have beyond what this package allows: the one place to say so (docs/gates.md,
"Your own stacks"). An entry is a decision; whoever reviews it should know why it is needed."""

TYPES: dict[str, frozenset[str]] = {}
"""Resource types by stack, which is the last part of the stack's name: {"reports": frozenset({"AWS::S3::Bucket"})}."""

ACTIONS: dict[str, frozenset[str]] = {}
"""IAM actions by the construct path of a function's role: {"reports/Reports/Role": frozenset({"s3:GetObject"})}."""
