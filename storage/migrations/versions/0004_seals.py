"""seals over runs, and what is left of rows that were taken back"""

import sqlalchemy as sa
from alembic import op

import storage.times

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COUNTS = ("runs", "models", "captures", "versions", "events", "removals")
_SEALED = ("run", "model", "version", "event")


def upgrade() -> None:
    """What is in an older store stays unsealed until it next settles: then its first seal holds all of it."""
    op.create_table(
        "seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_id", _ID, nullable=True),
        sa.Column("sealed_at", storage.times.Instant(timezone=True), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTS),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("listed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_seal_run_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seal")),
    )
    op.create_table(
        "removal",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=True),
        sa.Column("into_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("removed_at", storage.times.Instant(timezone=True), nullable=False),
        sa.Column("seal", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal")),
    )
    op.create_index("ix_removal_kind_row_id", "removal", ["kind", "row_id"])
    for table in _SEALED:
        op.add_column(table, sa.Column("seal", sa.BigInteger(), nullable=True))
    op.add_column("version", sa.Column("leaf", sa.LargeBinary(), nullable=True))
    is_open = sa.text("seal IS NULL")
    for table in (*_SEALED, "removal"):
        op.create_index(f"ix_{table}_unsealed", table, ["id"], sqlite_where=is_open, postgresql_where=is_open)
