"""Where the dev environment is, for a verify."""

from keyless.verify.plan import Place

REGION = "eu-west-1"
PLACE = Place("dev", "KeylessAurora-dev", REGION, "", "kldev", protected=False)
