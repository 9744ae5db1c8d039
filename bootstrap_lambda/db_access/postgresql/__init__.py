"""Everything that speaks to PostgreSQL: what is there, what should be, the steps between, the statements and the
proof."""
