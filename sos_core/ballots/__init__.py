"""Sealed answers: saved, resumed and submitted under a key outside the database, tallied once."""
