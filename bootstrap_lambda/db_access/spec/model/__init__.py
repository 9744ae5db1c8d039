"""The parts of a spec as pydantic models: their fields, and the values that each field allows."""
