"""What may be in the templates: types of resources by stack, their properties, and actions by kind of role. Lists of
what was decided on, so that what nobody thought of is a finding. `own.py` is yours to extend."""
