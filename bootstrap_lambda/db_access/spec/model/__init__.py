"""The parts of a spec as pydantic models, and the form that each field has by itself."""
