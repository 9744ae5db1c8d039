"""The command line of each command of `keyless`: options and help. What a command does is imported when it runs."""
