"""The demonstration organization: it takes every road that a real one takes, and no other."""
