"""Topics that rules of EventBridge publish to."""

from keyless_checks.reading.templates import Templates


def published(templates: Templates) -> set[str]:
    """Their paths."""
    return {
        found.path
        for rule in templates.all("AWS::Events::Rule")
        for target in rule.props.get("Targets", [])
        if (found := templates.target(rule.stack, target.get("Arn"))) is not None and found.type == "AWS::SNS::Topic"
    }
