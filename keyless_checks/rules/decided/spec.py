"""The access spec in the templates is the one that was checked: its digest, which the drift watch compares with, is
made of the spec as it was loaded."""

import json
from collections.abc import Iterator
from hashlib import sha256

from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding


def same_spec(templates: Templates) -> Iterator[Finding]:
    """The access spec that the bootstrap function is given is the one that the drift watch looks with, to the byte."""
    layers = {str(layer.props.get("Description")) for layer in templates.all("AWS::Lambda::LayerVersion")}
    for access in templates.all("Custom::DatabaseAccess"):
        digest = access.props.get("SpecDigest") or _digest(access.props.get("Spec"))
        if f"access spec {digest}" not in layers:
            yield Finding(access.path, f"no layer has the access spec with its digest, {digest}")


def _digest(spec: object) -> str:
    """As the engine makes it: of the file in the layer."""
    return sha256(json.dumps(spec, indent=1, sort_keys=True).encode()).hexdigest()
