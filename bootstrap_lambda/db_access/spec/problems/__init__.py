"""What can be wrong with a spec, each problem as: place, what is wrong, what is allowed.

`structure` words pydantic's findings about single fields; the others look at a `RawDocument` for what several fields
have to do with each other. `document` has them all.
"""
