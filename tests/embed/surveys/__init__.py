"""Tests of the survey widgets in a real browser."""
