"""What differs between environments, as dataclasses, each with what AWS would refuse of it. Knows no construct."""
