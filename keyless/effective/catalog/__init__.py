"""What the catalogs say: roles, memberships, things with their ACLs, views; and what PostgreSQL says is allowed."""

from keyless.effective.catalog.holding import Held, held
from keyless.effective.catalog.model import Catalog, Membership, Role, View
from keyless.effective.catalog.reading import begin, read

__all__ = ["Catalog", "Held", "Membership", "Role", "View", "begin", "held", "read"]
