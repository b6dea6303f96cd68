"""Surveys, response rates and the ballot form in the schema."""
