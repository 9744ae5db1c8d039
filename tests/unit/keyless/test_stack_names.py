"""Which stacks are an environment's, by their names."""

from keyless.stack_names import belongs, prefixes, prefixes_of


def test_an_environments_prefix_is_found_with_the_apps_name_or_without() -> None:
    stacks = ["KeylessAurora-dev-network", "KeylessAurora-dev-access", "orders-KeylessAurora-qa-eu-network", "else"]
    assert prefixes(stacks) == {"dev": "KeylessAurora-dev", "qa-eu": "orders-KeylessAurora-qa-eu"}


def test_another_environment_whose_name_begins_alike_is_not_this_one() -> None:
    assert belongs("KeylessAurora-dev-network", "KeylessAurora-dev")
    for other in (
        "KeylessAurora-dev-eu-network",
        "orders-KeylessAurora-dev-network",
        "KeylessAurora-dev-",
        "KeylessAurora-dev",
    ):
        assert not belongs(other, "KeylessAurora-dev"), other


def test_one_environment_of_two_apps_is_found_twice_and_by_its_prefix_once() -> None:
    stacks = [
        f"{prefix}-network" for prefix in ("KeylessAurora-dev", "orders-KeylessAurora-dev", "KeylessAurora-dev-eu")
    ]
    assert prefixes_of(stacks, "dev") == ["KeylessAurora-dev", "orders-KeylessAurora-dev"]
    assert prefixes_of(stacks, "KeylessAurora-dev") == ["KeylessAurora-dev"]
    assert prefixes_of(stacks, "prod") == []
    assert len(prefixes_of(stacks)) == len(stacks)
