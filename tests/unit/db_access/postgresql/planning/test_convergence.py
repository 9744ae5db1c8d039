"""From any state to any other in one step, by what PostgreSQL makes of the plan (server/) and not by the planner."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db_access.plan.privileges import PUBLIC
from db_access.plan.roles import Role
from db_access.postgresql.state import Current, Desired
from tests.unit.db_access.postgresql.as_asked import as_current, asked_of
from tests.unit.db_access.postgresql.planning.anything import desired_states, drifted
from tests.unit.db_access.postgresql.planning.plans import planned
from tests.unit.db_access.postgresql.server.run import carried_out
from tests.unit.db_access.postgresql.specs import MASTER
from tests.unit.db_access.postgresql.states import flat

few = settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@few
@given(wanted=desired_states(), options=st.booleans())
def test_there_is_nothing_to_do_where_everything_is_as_the_spec_says(wanted: Desired, options: bool) -> None:
    assert planned(wanted, as_current(wanted, membership_options=options)) == ()


@few
@given(data=st.data(), before=desired_states(), wanted=desired_states())
def test_one_plan_leads_from_any_state_to_the_one_that_the_spec_says(
    data: st.DataObject, before: Desired, wanted: Desired
) -> None:
    current = data.draw(drifted(as_current(before), wanted))
    after = carried_out(planned(wanted, current), current)
    assert planned(wanted, after) == ()
    assert rights(after, wanted) == asked(after, wanted)
    assert {name: attributes(role) for name, role in after.roles.items() if name in wanted.roles} == {
        name: attributes(replace(role, password_version=after.roles[name].password_version))
        if role.keeps_password
        else attributes(role)
        for name, role in wanted.roles.items()
    }
    assert {m for m in after.memberships if m.member != MASTER} == {m for m in wanted.memberships if m.member != MASTER}
    for name in after.roles.keys() - wanted.roles.keys():
        left = after.roles[name]
        assert (left.login, left.acts_as, left.settings, left.settings_here, left.password_version) == (
            (False, None, frozenset(), frozenset(), None)
        )
        assert name not in wanted.drop or left.in_the_way
    assert after.schemas.items() >= wanted.schemas.items()


@few
@given(data=st.data(), before=desired_states(), wanted=desired_states())
def test_what_somebody_changes_after_a_run_is_put_right_by_the_next(
    data: st.DataObject, before: Desired, wanted: Desired
) -> None:
    first = as_current(before)
    settled = carried_out(planned(wanted, first), first)
    current = data.draw(drifted(settled, wanted))
    assert planned(wanted, carried_out(planned(wanted, current), current)) == ()


def attributes(role: Role) -> dict[str, object]:
    return {name: getattr(role, name) for name in Role.__dataclass_fields__}


def rights(after: Current, wanted: Desired) -> dict[object, object]:
    """Who holds what, PUBLIC only where the spec locks it; and what may be passed on, which is nothing."""
    return {
        place: (
            {
                who: names
                for who, names in held.acl.items()
                if names and (who != PUBLIC or PUBLIC in asked_of(wanted, place))
            },
            dict(held.options),
        )
        for place, held in flat(after.objects).items()
    }


def asked(after: Current, wanted: Desired) -> dict[object, object]:
    return {
        place: ({who: names for who, names in asked_of(wanted, place).items() if names and who != held.owner}, {})
        for place, held in flat(after.objects).items()
    }
