"""Who asks, how they get in, and what administrators do about it."""
