"""SOS: measures how well a sales organization works, and helps it to work better."""

__version__ = "0.1.0"
