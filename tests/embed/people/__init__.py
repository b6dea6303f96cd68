"""Tests of the people widgets in a real browser."""
