"""Values in readable form in which references are the types of what they lead to: what is meant, whatever it is
called."""

from typing import Any

from keyless_checks.reading.templates import Templates

NOTHING = "<nothing>"
"""What a reference leads to that the templates don't have."""


def kind(templates: Templates, stack: str, value: Any) -> str | None:
    """Such as `<AWS::IAM::Role>.Arn`; imports are followed. None: not a text."""
    match value:
        case str():
            return value
        case {"Ref": str(name)} if name.startswith("AWS::"):
            return f"<{name}>"
        case {"Ref": str(logical_id)}:
            return _type(templates, stack, logical_id)
        case {"Fn::Sub": str(text)}:
            return text
        case {"Fn::GetAtt": [str(logical_id), str(attribute)]}:
            return f"{_type(templates, stack, logical_id)}.{attribute}"
        case {"Fn::Join": [str(separator), list(parts)]}:
            texts = [kind(templates, stack, part) for part in parts]
            return None if None in texts else separator.join(map(str, texts))
        case {"Fn::ImportValue": str(name)}:
            exported = templates.exports.get(name)
            return kind(templates, *exported) if exported else NOTHING
        case {"Fn::Select": [index, {"Fn::Split": [str(separator), inner]}]}:
            return f"<part {index} by {separator} of {kind(templates, stack, inner)}>"
    return None


def _type(templates: Templates, stack: str, logical_id: str) -> str:
    found = templates.resource(stack, logical_id)
    return f"<{found.type}>" if found else NOTHING
