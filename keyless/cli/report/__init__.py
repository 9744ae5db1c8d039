"""`keyless report`: look at the spec's databases, and write what was found as one page. Changes nothing."""
