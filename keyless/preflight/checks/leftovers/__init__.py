"""Does something exist already that a stack wants to make under a fixed name?

Such are what a stack that was deleted has kept, log groups that RDS made anew around a deletion, secrets that wait for
theirs, or another deployment of the environment. CloudFormation names a cluster's final snapshot itself, so those
are in nobody's way.
"""
