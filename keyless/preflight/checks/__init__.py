"""One check, one file. A check yields its problems, all at once; it yields none when all is well."""
