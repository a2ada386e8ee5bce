"""Events that were handled keep nothing that people said."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("UPDATE inbox SET payload = '' WHERE state <> 'open'")
