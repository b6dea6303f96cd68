"""Row-level security, and partitions made by the owner of the tables for the role that serves.

Revision ID: 0012
"""

from alembic import op

from sos_core.database.row_security import CONDITION, POLICY, protect_tables, unprotect_tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Each runs as the owner, whom row security holds too (FORCE): it finds a survey only in the
# organization of the session, and moves only that organization's rows.
CHECK = """
        IF parent NOT IN ('participation', 'ballot') THEN
            RAISE EXCEPTION 'no partitions are made of %', parent;
        END IF;
        IF NOT EXISTS (SELECT FROM survey WHERE id = of_survey) THEN
            RAISE EXCEPTION 'there is no survey %', of_survey;
        END IF;
"""
PROTECT = f"""
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
        EXECUTE format($policy$CREATE POLICY {POLICY} ON %I
            USING ({CONDITION}) WITH CHECK ({CONDITION})$policy$, part);
"""
MAKE = f"""
    DECLARE part text := format('%s_survey_%s', parent, of_survey);
    BEGIN {CHECK}
        IF to_regclass(part) IS NOT NULL THEN
            RETURN;
        END IF;
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%s)', part, parent, of_survey);
        {PROTECT}
    END
"""
DROP = f"""
    DECLARE part text := format('%s_survey_%s', parent, of_survey);
    BEGIN {CHECK}
        IF to_regclass(part) IS NOT NULL THEN
            EXECUTE format('DROP TABLE %I', part);
        END IF;
    END
"""
REWRITE = f"""
    DECLARE
        part text := format('%s_survey_%s', parent, of_survey);
        fresh text := part || '_new';
    BEGIN {CHECK}
        EXECUTE format(
            'CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', fresh, parent);
        EXECUTE format('INSERT INTO %I SELECT * FROM %I ORDER BY %I', fresh, part, order_by);
        EXECUTE format('DROP TABLE %I', part);
        EXECUTE format('ALTER TABLE %I RENAME TO %I', fresh, part);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%s)', parent, part, of_survey);
        {PROTECT}
    END
"""
FUNCTIONS = {
    "make_partition": ("parent text, of_survey integer", MAKE),
    "drop_partition": ("parent text, of_survey integer", DROP),
    "rewrite_partition": ("parent text, of_survey integer, order_by text", REWRITE),
}


def upgrade() -> None:
    """Put every owned table under the policy; nothing on SQLite, whose sessions alone guard it."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    protect_tables(connection)
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for name, (arguments, body) in FUNCTIONS.items():
        connection.exec_driver_sql(
            f"CREATE FUNCTION {name}({arguments}) RETURNS void LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path = {schema}, pg_temp AS $function${body}$function$".replace("%", "%%")
        )
        connection.exec_driver_sql(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")


def downgrade() -> None:
    """Take the policies and the functions away."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for name in reversed(FUNCTIONS):
        connection.exec_driver_sql(f"DROP FUNCTION {name}")
    unprotect_tables(connection)
