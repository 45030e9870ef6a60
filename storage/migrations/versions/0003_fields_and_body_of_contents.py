"""which fields a content has, and the digest of its body alone"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.articles import decode_article
from storage.bodies import decompress
from storage.facets import body_sha256, present_fields

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_content = sa.table(
    "content",
    sa.column("id", sa.BigInteger),
    sa.column("codec", sa.Text),
    sa.column("article", sa.LargeBinary),
    sa.column("present", sa.BigInteger),
    sa.column("body_sha256", sa.LargeBinary),
)


def upgrade() -> None:

    with op.batch_alter_table("content", schema=None) as batch_op:
        batch_op.add_column(sa.Column("present", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("body_sha256", sa.LargeBinary(), nullable=True))
    after = 0
    while rows := _rows(after):
        op.get_bind().execute(
            sa.update(_content)
            .where(_content.c.id == sa.bindparam("content"))
            .values(present=sa.bindparam("has"), body_sha256=sa.bindparam("body")),
            [_facets(row) for row in rows],
        )
        after = rows[-1].id


def _rows(after: int) -> Sequence[Any]:
    columns = (_content.c.id, _content.c.codec, _content.c.article)
    statement = sa.select(*columns).where(_content.c.id > after).order_by(_content.c.id).limit(200)
    return op.get_bind().execute(statement).all()


def _facets(row: Any) -> dict[str, object]:
    """Of an article that can't be read nothing is known; ``verify`` names it."""
    try:
        article = decode_article(decompress(row.codec, row.article))
    except (ValueError, KeyError, TypeError):
        return {"content": row.id, "has": 0, "body": None}
    return {"content": row.id, "has": present_fields(article), "body": body_sha256(article)}
