"""How much an archive may hold. Each is several times what this project's own assemblies have (23 MB, 567 members, 7
names deep), and little for a runner's disk and memory. Whoever bundles more raises them here."""

from typing import Final

_MIB: Final = 1 << 20

PACKED_BYTES: Final = 64 * _MIB
UNPACKED_BYTES: Final = 128 * _MIB
"""Of the whole tar file, so of all members together."""
MEMBER_BYTES: Final = 64 * _MIB
MEMBERS: Final = 10_000
DEPTH: Final = 20
"""Names in a path."""
PATH_BYTES: Final = 1_000
NAME_BYTES: Final = 255
"""What Linux takes."""
ARTIFACTS: Final = 200
"""In a manifest: two for a stack."""
