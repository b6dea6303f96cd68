"""What a survey publishes: the plan of what may be shown, the scores, and the release."""
