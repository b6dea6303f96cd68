"""One line of migrations, each up and down, on SQLite and PostgreSQL."""
