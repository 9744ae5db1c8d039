"""What this app says of itself: its environments and its own stacks. The library makes the others."""
