"""Published results in the schema: figures as they were released, never computed when read."""
