"""What a change of the access spec means for users, measured on a throwaway PostgreSQL."""
