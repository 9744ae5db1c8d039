"""What a repository's workflows may do in the account."""
