"""People, units and change plans in the schema."""
