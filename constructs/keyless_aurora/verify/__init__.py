"""The CDK app of `keyless verify`: functions that try, on the account, what the deployed ones may and may not do."""
