"""A developer's loop: the deployed functions stay, take changed code, and are called from another terminal."""
