"""Organizations (tenants), their settings, and the audit log of who did what."""
