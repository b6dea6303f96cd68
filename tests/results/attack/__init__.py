"""The attack program: everything that was published, against the people behind it."""
