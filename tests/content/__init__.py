"""Tests of the texts, the languages and the questionnaire."""
