"""The rules, one module or package for each part of the system. A rule's name is its part's and its own."""
