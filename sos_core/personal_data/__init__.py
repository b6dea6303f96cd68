"""What is held about a person: handed out on request, and erased on request."""
