"""Every property of every resource broken by machine, and what sees it: docs/mutants-automatic.md."""
