"""The foundation: journal, projections, search index and this PC's own tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("acked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_attachment"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_attachment_waiting",
        "attachment",
        ["sha256"],
        unique=False,
        sqlite_where=sa.text("acked = 0"),
    )
    op.create_table(
        "chain",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_chain"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "counter",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "code", "level", name="pk_counter"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cursor",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("store", name="pk_cursor"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "number_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_number_count"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_person_login", "person", ["login"], unique=True)
    op.create_table(
        "quarantine",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_quarantine"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipt",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.Integer(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name="pk_receipt"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "salt",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "chain", name="pk_salt"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ticket_row",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("number_reversed", sa.String(), nullable=False),
        sa.Column("opened_at", sa.Integer(), nullable=False),
        sa.Column("opened_day", sa.Date(), nullable=False),
        sa.Column("updated_at", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("closed_day", sa.Date(), nullable=True),
        sa.Column("solved_day", sa.Date(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("emotion", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("customer_name", sa.String(), nullable=False),
        sa.Column("phone_tail", sa.String(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("form_serial", sa.String(), nullable=True),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.Integer(), nullable=True),
        sa.Column("due_clock", sa.String(), nullable=False),
        sa.Column("due_rule", sa.String(), nullable=False),
        sa.Column("pending_approvals", sa.Integer(), nullable=False),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("anomalies", sa.Integer(), nullable=False),
        sa.Column("waiting_since", sa.Integer(), nullable=True),
        sa.Column("waiting_due", sa.Integer(), nullable=True),
        sa.Column("surveyed_at", sa.Integer(), nullable=True),
        sa.Column("survey_score", sa.Integer(), nullable=True),
        sa.Column("own_seq", sa.Integer(), nullable=False),
        sa.Column("search_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_ticket_row"),
    )
    op.create_index(
        "ix_ticket_row_due",
        "ticket_row",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("closed = 0"),
    )
    op.create_index(
        "ix_ticket_row_form",
        "ticket_row",
        ["form_serial"],
        unique=False,
        sqlite_where=sa.text("form_serial IS NOT NULL"),
    )
    op.create_index("ix_ticket_row_number", "ticket_row", ["number"], unique=False)
    op.create_index(
        "ix_ticket_row_number_reversed", "ticket_row", ["number_reversed"], unique=False
    )
    op.create_index("ix_ticket_row_opened_at", "ticket_row", ["opened_at"], unique=False)
    op.create_index(
        "ix_ticket_row_pending",
        "ticket_row",
        ["opened_at"],
        unique=False,
        sqlite_where=sa.text("pending_approvals > 0"),
    )
    op.create_index(
        "ix_ticket_row_phone",
        "ticket_row",
        ["phone_hash"],
        unique=False,
        sqlite_where=sa.text("phone_hash IS NOT NULL"),
    )
    op.create_index("ix_ticket_row_stream", "ticket_row", ["stream"], unique=True)
    op.create_index(
        "ix_ticket_row_survey",
        "ticket_row",
        ["surveyed_at", "survey_score"],
        unique=False,
        sqlite_where=sa.text("surveyed_at IS NOT NULL"),
    )
    op.create_index("ix_ticket_row_level", "ticket_row", ["level"], unique=False)
    op.create_index("ix_ticket_row_family", "ticket_row", ["family"], unique=False)
    op.create_index(
        "ix_ticket_row_waiting",
        "ticket_row",
        ["waiting_since"],
        unique=False,
        sqlite_where=sa.text("waiting_since IS NOT NULL"),
    )
    op.create_table(
        "event",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lc", sa.Integer(), nullable=False),
        sa.Column("core", sa.LargeBinary(), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["chain"], ["chain.chain"], name="fk_event_chain"),
        sa.PrimaryKeyConstraint("chain", "seq", name="pk_event"),
    )
    op.create_index("ix_event_stream_lc_chain", "event", ["stream", "lc", "chain"], unique=False)
    op.create_table(
        "personal_value",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(value IS NULL) = (state <> 'present')", name=op.f("ck_personal_value_value")
        ),
        sa.CheckConstraint(
            "state IN ('present', 'erased', 'not_arrived')", name=op.f("ck_personal_value_state")
        ),
        sa.ForeignKeyConstraint(
            ["chain", "seq"], ["event.chain", "event.seq"], name="fk_personal_value_chain_seq"
        ),
        sa.PrimaryKeyConstraint("chain", "seq", "field", name="pk_personal_value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unread",
        sa.Column("arrival", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain", "seq"], ["event.chain", "event.seq"], name="fk_unread_chain_seq"
        ),
        sa.PrimaryKeyConstraint("arrival", name="pk_unread"),
    )
    op.create_index("ix_unread_stream", "unread", ["stream"], unique=False)
    op.execute(
        "CREATE VIRTUAL TABLE ticket_search USING fts5(words, initials, content='', "
        "contentless_delete=1, tokenize='unicode61 remove_diacritics 2')"
    )
