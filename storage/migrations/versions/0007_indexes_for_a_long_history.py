"""indexes for a long history; those that nearly every row stood in keep only the few that are looked for"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_event_folded_into", table_name="event")
    op.drop_index("ix_run_is_settled", table_name="run")
    _few("ix_event_folded_into", "event", "folded_into", "folded_into IS NOT NULL")
    _few("ix_event_from_version_id", "event", "from_version_id", "from_version_id IS NOT NULL")
    _few("ix_event_to_version_id", "event", "to_version_id", "to_version_id IS NOT NULL")
    _few("ix_event_flapping", "event", "id", "is_flapping = 1", "is_flapping")
    _few("ix_run_unsettled", "run", "id", "is_settled = 0", "NOT is_settled")
    _few("ix_version_rereads", "version", "rereads", "rereads IS NOT NULL")
    _few("ix_page_never_listed", "page", "noted_run_id", "listing = 0")
    _few("ix_page_off_the_lists", "page", "noted_run_id", "listing = 2")
    op.create_index("ix_page_state", "page", ["state"])


def _few(name: str, table: str, column: str, where: str, on_postgresql: str | None = None) -> None:
    words = sa.text(where)
    op.create_index(name, table, [column], sqlite_where=words, postgresql_where=sa.text(on_postgresql or where))
