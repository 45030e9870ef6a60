"""where runs' captures stand, in place of an index of all captures by run; what waits to be settled has another number"""

import sqlalchemy as sa
from alembic import op

from storage.checksums import with_checksum
from storage.visit_lists import unpack

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_UNSETTLED = "standing > 65535"


def upgrade() -> None:
    span = op.create_table(
        "span",
        sa.Column("run_id", _ID, nullable=False, autoincrement=False),
        sa.Column("first_capture", sa.BigInteger(), nullable=False),
        sa.Column("last_capture", sa.BigInteger(), nullable=True),
        sa.Column("checksum", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_span_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_span")),
    )
    _fill(op.get_bind(), span)
    op.execute("UPDATE capture SET standing = CASE standing WHEN 0 THEN 65536 ELSE 65537 END WHERE standing IN (0, 5)")
    op.drop_index("ix_capture_run_id_standing", table_name="capture")
    words = sa.text(_UNSETTLED)
    op.create_index("ix_capture_unsettled", "capture", ["run_id"], sqlite_where=words, postgresql_where=words)


def _fill(connection: sa.Connection, span: sa.Table) -> None:
    bounds = sa.text(
        "SELECT run.id, run.is_settled, min(capture.id) AS first_id, max(capture.id) AS last_id"
        " FROM run LEFT JOIN capture ON capture.run_id = run.id GROUP BY run.id, run.is_settled ORDER BY run.id"
    )
    listed = _listed(connection)
    highest = 0
    for row in connection.execute(bounds).all():
        ids = [*listed.get(row.id, ()), *(id_ for id_ in (row.first_id, row.last_id) if id_ is not None)]
        first, last = (min(ids), max(ids)) if ids else (highest + 1, highest)
        highest = max(highest, last)
        values = {"run_id": row.id, "first_capture": first, "last_capture": last if row.is_settled else None}
        connection.execute(sa.insert(span).values(with_checksum(span, values)))


def _listed(connection: sa.Connection) -> dict[int, tuple[int, int]]:
    """By run, the lowest and the highest id among its visits that stand in lists."""
    found: dict[int, tuple[int, int]] = {}
    for (data,) in connection.execute(sa.text("SELECT data FROM visits")):
        for visit in unpack(bytes(data)):
            low, high = found.get(visit.run_id, (visit.id, visit.id))
            found[visit.run_id] = min(low, visit.id), max(high, visit.id)
    return found
