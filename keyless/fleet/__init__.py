"""Many clusters, accounts and regions from one file: each held against its spec, side by side. Changes nothing."""
