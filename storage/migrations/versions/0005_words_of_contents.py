"""the words of each content, for search"""

from alembic import op

from storage import word_index

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    word_index.create(op.get_bind())
    word_index.fill(op.get_bind())
