"""What this project promises about its templates, as rules over resource types: run by every synth and by the tests.

Rules read templates and nothing else: no CDK, no AWS. `plugin` alone knows the CDK.
"""
