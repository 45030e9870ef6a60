"""time stamps of seals; seals that are there stay as they are, and the newest is stamped after the next run"""

import sqlalchemy as sa
from alembic import op

from storage.times import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "stamp",
        sa.Column("id", _ID, nullable=False),
        sa.Column("seal_number", sa.BigInteger(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("stamped_at", Instant(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("trusted", sa.LargeBinary(), nullable=True),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamp")),
    )
    op.create_index("ix_stamp_seal_number", "stamp", ["seal_number"])
