"""A function's code for each way to log in: what it imports when it starts, `token` and `call`, as its documentation
has it. Settings are in libpq's environment variables."""
