"""Changes of an access spec's file that leave every other byte of it as it is: comments, order, quotes, line ends.

`edits` says what to change, `trees` where in the text that is, `splices` changes the text there, and `text` holds that
the result says what was meant and nothing else. `file` reads and replaces the file, `users` knows what a change of a
user edits.
"""
