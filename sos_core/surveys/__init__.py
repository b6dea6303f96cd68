"""Surveys: dates, participants, invitations and reminders, response rates; never an answer."""
