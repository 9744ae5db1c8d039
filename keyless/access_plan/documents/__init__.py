"""What differs between two specs as documents, whatever a throwaway server can show of it. Pure."""

from keyless.access_plan.documents.unmeasured import unmeasured

__all__ = ["unmeasured"]
