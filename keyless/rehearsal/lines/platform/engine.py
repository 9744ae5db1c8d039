"""The deployed engine, run once more."""

from keyless.rehearsal.stage.running import Stage


def engine_changes(stage: Stage) -> int:
    """On each deployed database, or on the server: how many changes the function reports. Raises FunctionError."""
    bootstrap, changes = stage.deployed.function("access", "Bootstrap"), 0
    for properties in stage.deployed.runs():
        result = bootstrap.invoke({"RequestType": "Update", "ResourceProperties": properties})
        changes += int(result["Data"]["Changes"])
    return changes
