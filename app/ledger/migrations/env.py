"""Alembic's entry: runs the steps on the connection that `migrate` hands over. There is no other way in."""

from alembic import context

from app.ledger.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by rebuilding it
    transactional_ddl=True,  # both databases roll half a migration back
)
context.run_migrations()
