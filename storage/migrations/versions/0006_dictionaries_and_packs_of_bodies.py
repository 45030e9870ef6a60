"""dictionaries, bases and packs of bodies; bodies that are there stay as they are"""

import sqlalchemy as sa
from alembic import op

from storage.times import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "dictionary",
        sa.Column("id", _ID, nullable=False),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary")),
    )
    op.create_index("ix_dictionary_site", "dictionary", ["site"])
    op.create_table(
        "pack",
        sa.Column("id", _ID, nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("dictionary_id", _ID, nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["dictionary_id"], ["dictionary.id"], name=op.f("fk_pack_dictionary_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
    )
    # In place: making the table anew, as a batch would, is no way where foreign keys that point to it are enforced.
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for column, table in (("dictionary_id", "dictionary"), ("pack_id", "pack")):
        op.execute(f"ALTER TABLE body ADD COLUMN {column} {kind} CONSTRAINT fk_body_{column} REFERENCES {table} (id)")
    op.add_column("body", sa.Column("base_sha256", sa.LargeBinary(), nullable=True))
    op.add_column("body", sa.Column("place", sa.BigInteger(), nullable=True))
    for column in ("base_sha256", "pack_id"):
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_body_{column}", "body", [column], sqlite_where=where, postgresql_where=where)
