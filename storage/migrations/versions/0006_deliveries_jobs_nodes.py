"""What is needed to deliver on schedule, and to share the work among several processes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {f"{dialect}_where": sa.text(condition) for dialect in ("sqlite", "postgresql")}


def upgrade() -> None:
    op.add_column(
        "inbox",
        sa.Column("node", SORTED_TEXT, comment="who sees it through; null: whoever comes first"),
    )
    for column in (
        sa.Column(
            "next_run_at", sa.BigInteger(), comment="null while paused, or if never due again"
        ),
        sa.Column("covered_until", sa.BigInteger(), comment="null before the first delivery"),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="of what people chose",
        ),
    ):
        op.add_column("subscriptions", column)
    op.create_index(
        op.f("ix_subscriptions_next_run_at_workspace_id"),
        "subscriptions",
        ["next_run_at", "workspace", "id"],
    )
    op.create_table(
        "deliveries",
        sa.Column("workspace", SORTED_TEXT, nullable=False),
        sa.Column("id", SORTED_TEXT, nullable=False),
        sa.Column("subscription", SORTED_TEXT, nullable=False),
        sa.Column(
            "state",
            SORTED_TEXT,
            nullable=False,
            comment="prepared, planned, delivered, empty, failed",
        ),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "is_manual",
            sa.Boolean(),
            nullable=False,
            comment="beside the others: nothing moves on",
        ),
        sa.Column("delivery", SORTED_TEXT, nullable=False),
        sa.Column(
            "node", SORTED_TEXT, comment="who works on it; null: nobody yet, or it has ended"
        ),
        sa.Column("digest", SORTED_TEXT, comment="what waits to be posted; null when it has ended"),
        sa.Column(
            "fingerprint",
            SORTED_TEXT,
            comment="of what a digest was made of ahead; null: it is final",
        ),
        sa.Column("links", SORTED_TEXT, comment="what it told; null unless it is a digest"),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        op.f("ix_deliveries_workspace_subscription_due_at"),
        "deliveries",
        ["workspace", "subscription", "due_at"],
    )
    op.create_index(
        "ix_deliveries_planned", "deliveries", ["due_at"], **_where("state = 'planned'")
    )
    op.create_index(
        "uq_deliveries_planned",
        "deliveries",
        ["workspace", "subscription"],
        unique=True,
        **_where("state = 'planned' AND NOT is_manual"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("kind", SORTED_TEXT, nullable=False),
        sa.Column("key", SORTED_TEXT, nullable=False),
        sa.Column("arguments", SORTED_TEXT, nullable=False, comment="a JSON object of ids"),
        sa.Column("state", SORTED_TEXT, nullable=False, comment="waiting, running, failed"),
        sa.Column("run_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "reason",
            SORTED_TEXT,
            server_default="",
            nullable=False,
            comment="why the last try failed",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sqlite_autoincrement=True,
    )
    for state in ("waiting", "running"):
        condition = _where(f"state = '{state}'")
        op.create_index(f"uq_jobs_{state}", "jobs", ["key"], unique=True, **condition)
    op.create_index(op.f("ix_jobs_state_kind_run_at"), "jobs", ["state", "kind", "run_at"])
    op.create_table(
        "nodes",
        sa.Column("id", SORTED_TEXT, nullable=False),
        sa.Column(
            "name", SORTED_TEXT, server_default="", nullable=False, comment="host and process"
        ),
        sa.Column("parts", SORTED_TEXT, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=False, comment="by the database's clock"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nodes")),
    )
    op.create_table(
        "leases",
        sa.Column("name", SORTED_TEXT, nullable=False, comment="discord:shard:0"),
        sa.Column("node", SORTED_TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
