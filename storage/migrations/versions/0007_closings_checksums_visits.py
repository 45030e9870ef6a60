"""what the last run left, listed; checksums of rows that no seal holds; lists of unchanged visits"""

import sqlalchemy as sa
from alembic import op

from storage import checksums
from storage.times import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "closing",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("listed", sa.LargeBinary(), nullable=False),
        sa.Column("checksum", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_closing")),
    )
    together = sa.text("is_flapping OR change_group IS NOT NULL OR folded_into IS NOT NULL")
    op.create_index("ix_event_told_together", "event", ["id"], sqlite_where=together, postgresql_where=together)
    op.create_table(
        "visits",
        sa.Column("id", _ID, nullable=False, autoincrement=False),
        sa.Column("page_id", _ID, nullable=False),
        sa.Column("first_run", sa.BigInteger(), nullable=False),
        sa.Column("last_run", sa.BigInteger(), nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("checksum", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_visits_page_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_page_id", "visits", ["page_id"])
    op.create_index("ix_visits_first_run", "visits", ["first_run", "last_run"])
    summed = [table for table in checksums.SUMMED if table.name in {"answer", "dictionary", "pack"}]
    for table in summed:
        op.add_column(table.name, sa.Column("checksum", sa.LargeBinary(), server_default=sa.text("''"), nullable=False))
    checksums.fill(op.get_bind(), summed)
