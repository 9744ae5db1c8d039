"""The engines of RDS, their instance classes and the connections they take. Data and arithmetic; knows no CDK."""
