"""Who asks and what they may do: accounts, sign-in, sessions and tokens."""
