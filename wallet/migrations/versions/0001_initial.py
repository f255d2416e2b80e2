"""initial"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_events_sealed"), ["sealed"], unique=False)

    op.create_table(
        "claims",
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verification_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_claims")),
    )
    op.create_table(
        "epochs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epochs")),
        sa.UniqueConstraint("token", name=op.f("uq_epochs_token")),
    )
    op.create_table(
        "holders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code_type", sa.String(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holders")),
        sa.UniqueConstraint(
            "code_type", "code_index", name=op.f("uq_holders_code_type_code_index")
        ),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.create_table(
        "channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("holder_kinds", sa.JSON(), nullable=False),
        sa.Column("type_codes", sa.JSON(), nullable=False),
        sa.Column("holder_code", sa.Boolean(), nullable=False),
        sa.Column("uses", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("code", name=op.f("uq_channels_code")),
    )
    op.create_table(
        "dispatches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("receipt", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbox.id"], name=op.f("fk_dispatches_message_id_outbox")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatches")),
        sa.UniqueConstraint("key", name=op.f("uq_dispatches_key")),
    )
    with op.batch_alter_table("dispatches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispatches_message_id"), ["message_id"], unique=False)
        batch_op.create_index(
            "ix_dispatches_stream",
            ["destination", "stream", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index(
            "ix_dispatches_waiting",
            ["destination", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("id_token_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terminal", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sessions_subject_kind_subject_id"),
            ["subject_kind", "subject_id"],
            unique=False,
        )

    op.create_table(
        "used_sign_in_attempts",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_used_sign_in_attempts")),
    )
    with op.batch_alter_table("used_sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_used_sign_in_attempts_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
    )
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_units_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "basis_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("replaced_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_basis_documents_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"],
            ["basis_documents.id"],
            name=op.f("fk_basis_documents_replaced_by_basis_documents"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basis_documents")),
        sa.UniqueConstraint("code", name=op.f("uq_basis_documents_code")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_before", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holders.id"], name=op.f("fk_accounts_holder_id_holders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("holder_id", name=op.f("uq_accounts_holder_id")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
    )
    op.create_table(
        "clients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("jwks", sa.JSON(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_clients_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
        sa.UniqueConstraint("client_id", name=op.f("uq_clients_client_id")),
    )
    op.create_table(
        "licence_types",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("short_number", sa.Integer(), nullable=False),
        sa.Column("type_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("holder_kinds", sa.JSON(), nullable=False),
        sa.Column("collected_since", sa.Date(), nullable=False),
        sa.Column("public_attribute", sa.String(), nullable=False),
        sa.Column("standard_level", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_mn", sa.String(), nullable=True),
        sa.Column("basis_document", sa.String(), nullable=True),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("bilingual", sa.String(), nullable=False),
        sa.Column("status_codes", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_licence_types_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_types")),
        sa.UniqueConstraint("code", name=op.f("uq_licence_types_code")),
        sa.UniqueConstraint("short_number", name=op.f("uq_licence_types_short_number")),
        sa.UniqueConstraint("type_code", name=op.f("uq_licence_types_type_code")),
    )
    op.create_table(
        "licence_type_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_licence_type_versions_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_type_versions")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_licence_type_versions_code_version")),
    )
    with op.batch_alter_table("licence_type_versions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_licence_type_versions_unit_id"), ["unit_id"], unique=False
        )

    op.create_table(
        "licence_type_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["licence_type_versions.id"],
            name=op.f("fk_licence_type_steps_version_id_licence_type_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_type_steps")),
    )
    with op.batch_alter_table("licence_type_steps", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_licence_type_steps_version_id"), ["version_id"], unique=False
        )

    op.create_table(
        "use_item_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts_from", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_use_item_versions_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_item_versions")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_use_item_versions_code_version")),
    )
    with op.batch_alter_table("use_item_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_use_item_versions_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "use_item_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["use_item_versions.id"],
            name=op.f("fk_use_item_steps_version_id_use_item_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_item_steps")),
    )
    with op.batch_alter_table("use_item_steps", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_use_item_steps_version_id"), ["version_id"], unique=False
        )

    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("terminal", sa.String(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_staff_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "responsible_persons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_responsible_persons_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_responsible_persons_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsible_persons")),
    )
    with op.batch_alter_table("responsible_persons", schema=None) as batch_op:
        batch_op.create_index(
            "uq_responsible_persons_now",
            ["unit_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )
        batch_op.create_index("ix_responsible_persons_unit", ["unit_id", "id"], unique=False)
        batch_op.create_index("ix_responsible_persons_staff", ["staff_id"], unique=False)

    op.create_table(
        "use_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("materials", sa.JSON(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("purpose_en", sa.String(), nullable=False),
        sa.Column("retention", sa.String(), nullable=False),
        sa.Column("retention_en", sa.String(), nullable=False),
        sa.Column("traditional_channel", sa.String(), nullable=False),
        sa.Column("traditional_channel_en", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("basis_document", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_use_items_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_items")),
        sa.UniqueConstraint("code", name=op.f("uq_use_items_code")),
    )
    op.create_table(
        "client_assertions",
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_client_assertions_client_id_clients")
        ),
        sa.PrimaryKeyConstraint("client_id", "jti", name=op.f("pk_client_assertions")),
    )
    with op.batch_alter_table("client_assertions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_client_assertions_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("grantor_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("any_item", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_by", sa.Integer(), nullable=False),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_type", sa.String(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_masked_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_delegations_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["grantor_id"], ["holders.id"], name=op.f("fk_delegations_grantor_id_holders")
        ),
        sa.ForeignKeyConstraint(
            ["offered_by"], ["accounts.id"], name=op.f("fk_delegations_offered_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
        sa.UniqueConstraint("public_id", name=op.f("uq_delegations_public_id")),
    )
    with op.batch_alter_table("delegations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegations_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_delegations_addressee", ["code_type", "code_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegations_grantor_id"), ["grantor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegations_over_at"), ["over_at"], unique=False)

    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("networks", sa.JSON(), nullable=True),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column("quota_per_day", sa.Integer(), nullable=True),
        sa.Column("look_ups_per_day", sa.Integer(), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_by", sa.String(), nullable=True),
        sa.Column("suspension_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["use_items.id"], name=op.f("fk_grants_item_id_use_items")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["licence_types.id"], name=op.f("fk_grants_type_id_licence_types")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_grants_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint(
            "unit_id", "item_id", "type_id", name=op.f("uq_grants_unit_id_item_id_type_id")
        ),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index("ix_grants_ends_on", ["ends_on"], unique=False)

    op.create_table(
        "client_grants",
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_client_grants_client_id_clients")
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name=op.f("fk_client_grants_grant_id_grants")
        ),
        sa.PrimaryKeyConstraint("client_id", "grant_id", name=op.f("pk_client_grants")),
    )
    with op.batch_alter_table("client_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_grants_grant_id"), ["grant_id"], unique=False)

    op.create_table(
        "grant_days",
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("looked_up", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name=op.f("fk_grant_days_grant_id_grants")
        ),
        sa.PrimaryKeyConstraint("grant_id", "day", name=op.f("pk_grant_days")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_alerts_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index("ix_alerts_unit", ["unit_id", "id"], unique=False)
        batch_op.create_index(
            "uq_alerts_open",
            ["unit_id", "actor", "item", "cause"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "foreign_libraries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("max_age", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_foreign_libraries")),
        sa.UniqueConstraint("issuer", name=op.f("uq_foreign_libraries_issuer")),
    )
    op.create_table(
        "foreign_items",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("holder", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["use_items.id"], name=op.f("fk_foreign_items_item_id_use_items")
        ),
        sa.ForeignKeyConstraint(
            ["library_id"],
            ["foreign_libraries.id"],
            name=op.f("fk_foreign_items_library_id_foreign_libraries"),
        ),
        sa.PrimaryKeyConstraint("library_id", "item_id", name=op.f("pk_foreign_items")),
    )
    op.create_table(
        "grant_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("stage", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name=op.f("fk_grant_notices_grant_id_grants")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_grant_notices_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_notices")),
        sa.UniqueConstraint(
            "grant_id", "ends_on", "stage", name=op.f("uq_grant_notices_grant_id_ends_on_stage")
        ),
    )
    with op.batch_alter_table("grant_notices", schema=None) as batch_op:
        batch_op.create_index("ix_grant_notices_unit", ["unit_id", "id"], unique=False)

    op.create_table(
        "beyond_days",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_beyond_days_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("unit_id", "item", "day", name=op.f("pk_beyond_days")),
    )
    op.create_table(
        "suspension_rules",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_suspension_rules_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_suspension_rules")),
    )
    op.create_table(
        "oversteps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_oversteps_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oversteps")),
    )
    with op.batch_alter_table("oversteps", schema=None) as batch_op:
        batch_op.create_index("ix_oversteps_actor", ["unit_id", "actor", "at"], unique=False)

    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["use_items.id"], name=op.f("fk_applications_item_id_use_items")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_applications_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_applications_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_applications_open",
            ["unit_id", "item_id"],
            unique=True,
            sqlite_where=sa.text(
                "state IN ('draft', 'submitted', 'returned', 'reviewed', 'approved')"
            ),
            postgresql_where=sa.text(
                "state IN ('draft', 'submitted', 'returned', 'reviewed', 'approved')"
            ),
        )

    op.create_table(
        "application_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_steps_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_application_steps_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_steps")),
    )
    with op.batch_alter_table("application_steps", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_steps_application_id"), ["application_id"], unique=False
        )

    op.create_table(
        "application_proofs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_proofs_application_id_applications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_proofs")),
    )
    with op.batch_alter_table("application_proofs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_proofs_application_id"), ["application_id"], unique=False
        )

    op.create_table(
        "filings",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("with_unit_id", sa.Integer(), nullable=True),
        sa.Column("measures", sa.String(), nullable=False),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_filings_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_filings_unit_id_units")),
        sa.ForeignKeyConstraint(
            ["with_unit_id"], ["units.id"], name=op.f("fk_filings_with_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_filings")),
        sa.UniqueConstraint("number", name=op.f("uq_filings_number")),
    )
    with op.batch_alter_table("filings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filings_with_unit_id"), ["with_unit_id"], unique=False)

    op.create_table(
        "approval_rights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_approval_rights_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rights")),
    )
    with op.batch_alter_table("approval_rights", schema=None) as batch_op:
        batch_op.create_index(
            "uq_approval_rights_open",
            ["unit_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "licence_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("file_index", sa.LargeBinary(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("type_code", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("error_slug", sa.String(), nullable=True),
        sa.Column("error_detail", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stock", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_licence_batches_client_id_clients")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_licence_batches_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_licence_batches_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_batches")),
        sa.UniqueConstraint(
            "unit_id", "file_index", name=op.f("uq_licence_batches_unit_id_file_index")
        ),
        sa.UniqueConstraint("file", name=op.f("uq_licence_batches_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_licence_batches_public_id")),
    )
    with op.batch_alter_table("licence_batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_licence_batches_state"), ["state"], unique=False)
        batch_op.create_index("ix_licence_batches_unit_id_id", ["unit_id", "id"], unique=False)

    op.create_table(
        "licences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("identifier_index", sa.LargeBinary(), nullable=False),
        sa.Column("identifier_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_code", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("review_state", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("credential_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content_index", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_licences_client_id_clients")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_licences_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["licence_types.id"], name=op.f("fk_licences_type_id_licence_types")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_licences_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licences")),
        sa.UniqueConstraint("identifier_index", name=op.f("uq_licences_identifier_index")),
        sa.UniqueConstraint(
            "type_id",
            "unit_id",
            "number_index",
            "version",
            name=op.f("uq_licences_type_id_unit_id_number_index_version"),
        ),
    )
    with op.batch_alter_table("licences", schema=None) as batch_op:
        batch_op.create_index(
            "ix_licences_awaits_review",
            ["review_state", "unit_id", "id"],
            unique=False,
            sqlite_where=sa.text("review_state = 'waiting'"),
            postgresql_where=sa.text("review_state = 'waiting'"),
        )
        batch_op.create_index(
            "ix_licences_awaits_sealing",
            ["id"],
            unique=False,
            sqlite_where=sa.text(
                "issued_at IS NULL AND (review_state IS NULL OR review_state = 'passed')"
            ),
            postgresql_where=sa.text(
                "issued_at IS NULL AND (review_state IS NULL OR review_state = 'passed')"
            ),
        )
        batch_op.create_index(
            "ix_licences_current",
            ["unit_id", "type_id"],
            unique=False,
            sqlite_where=sa.text("issued_at IS NOT NULL AND superseded_at IS NULL"),
            postgresql_where=sa.text("issued_at IS NOT NULL AND superseded_at IS NULL"),
        )
        batch_op.create_index(
            "ix_licences_to_remind",
            ["remind_on"],
            unique=False,
            sqlite_where=sa.text(
                "status = 'valid' AND superseded_at IS NULL AND expired_at IS NULL AND remind_on IS NOT NULL"
            ),
            postgresql_where=sa.text(
                "status = 'valid' AND superseded_at IS NULL AND expired_at IS NULL AND remind_on IS NOT NULL"
            ),
        )
        batch_op.create_index(
            "ix_licences_may_expire",
            ["valid_until"],
            unique=False,
            sqlite_where=sa.text(
                "status = 'valid' AND superseded_at IS NULL AND expired_at IS NULL"
            ),
            postgresql_where=sa.text(
                "status = 'valid' AND superseded_at IS NULL AND expired_at IS NULL"
            ),
        )
        batch_op.create_index("ix_licences_unit_id_id", ["unit_id", "id"], unique=False)

    op.create_table(
        "representatives",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("reference_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_representatives_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holders.id"], name=op.f("fk_representatives_holder_id_holders")
        ),
        sa.PrimaryKeyConstraint("account_id", "holder_id", name=op.f("pk_representatives")),
        sa.UniqueConstraint("public_id", name=op.f("uq_representatives_public_id")),
    )
    with op.batch_alter_table("representatives", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_representatives_over_at"), ["over_at"], unique=False)

    op.create_table(
        "administrator_offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("offered_by", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_type", sa.String(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_masked_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holders.id"], name=op.f("fk_administrator_offers_holder_id_holders")
        ),
        sa.ForeignKeyConstraint(
            ["offered_by"],
            ["accounts.id"],
            name=op.f("fk_administrator_offers_offered_by_accounts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administrator_offers")),
        sa.UniqueConstraint("public_id", name=op.f("uq_administrator_offers_public_id")),
    )
    with op.batch_alter_table("administrator_offers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_administrator_offers_addressee", ["code_type", "code_index"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_administrator_offers_holder_id"), ["holder_id"], unique=False
        )
        batch_op.create_index(
            "ix_administrator_offers_waiting",
            ["answer_until"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "exemptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["type_id"], ["licence_types.id"], name=op.f("fk_exemptions_type_id_licence_types")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_exemptions_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemptions")),
    )
    with op.batch_alter_table("exemptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exemptions_type_id"), ["type_id"], unique=False)

    op.create_table(
        "type_issuers",
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["type_id"], ["licence_types.id"], name=op.f("fk_type_issuers_type_id_licence_types")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_type_issuers_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("type_id", "unit_id", name=op.f("pk_type_issuers")),
    )
    op.create_table(
        "use_item_types",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["use_items.id"], name=op.f("fk_use_item_types_item_id_use_items")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["licence_types.id"], name=op.f("fk_use_item_types_type_id_licence_types")
        ),
        sa.PrimaryKeyConstraint("item_id", "type_id", name=op.f("pk_use_item_types")),
    )
    op.create_table(
        "verifications",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("jti", sa.String(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("terminal", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("shown_by", sa.String(), nullable=True),
        sa.Column("shower", sa.String(), nullable=True),
        sa.Column("served", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offline_reason", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conflict_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["use_items.id"], name=op.f("fk_verifications_item_id_use_items")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_verifications_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
    )
    op.create_table(
        "desk_numbers",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("terminal", sa.String(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_desk_numbers_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_desk_numbers")),
        sa.UniqueConstraint("desk", name=op.f("uq_desk_numbers_desk")),
    )
    op.create_table(
        "sent_showings",
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("showing_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_sent_showings")),
    )
    with op.batch_alter_table("sent_showings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sent_showings_desk"), ["desk"], unique=False)
        batch_op.create_index(batch_op.f("ix_sent_showings_sent_at"), ["sent_at"], unique=False)
    with op.batch_alter_table("desk_numbers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_numbers_ends_at"), ["ends_at"], unique=False)

    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.create_index("ix_verifications_actor", ["actor", "at"], unique=False)
        batch_op.create_index(
            "ix_verifications_region",
            ["region"],
            unique=False,
            sqlite_where=sa.text("region IS NOT NULL"),
            postgresql_where=sa.text("region IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_verifications_delegated",
            ["shower"],
            unique=False,
            sqlite_where=sa.text("shown_by = 'delegate'"),
            postgresql_where=sa.text("shown_by = 'delegate'"),
        )
        batch_op.create_index(
            "ix_verifications_pending",
            ["at"],
            unique=False,
            sqlite_where=sa.text("verdict = 'pending'"),
            postgresql_where=sa.text("verdict = 'pending'"),
        )
        batch_op.create_index(
            "ix_verifications_untold",
            ["at"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )

    op.create_table(
        "batch_faults",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(), nullable=True),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["licence_batches.id"],
            name=op.f("fk_batch_faults_batch_id_licence_batches"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_faults")),
    )
    with op.batch_alter_table("batch_faults", schema=None) as batch_op:
        batch_op.create_index("ix_batch_faults_batch_id_id", ["batch_id", "id"], unique=False)

    op.create_table(
        "delegation_items",
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegations.id"],
            name=op.f("fk_delegation_items_delegation_id_delegations"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["use_items.id"], name=op.f("fk_delegation_items_item_id_use_items")
        ),
        sa.PrimaryKeyConstraint("delegation_id", "item_id", name=op.f("pk_delegation_items")),
    )
    op.create_table(
        "delegation_licences",
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("licence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegations.id"],
            name=op.f("fk_delegation_licences_delegation_id_delegations"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_delegation_licences_licence_id_licences")
        ),
        sa.PrimaryKeyConstraint("delegation_id", "licence_id", name=op.f("pk_delegation_licences")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("licence_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_idempotency_keys_client_id_clients")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_idempotency_keys_licence_id_licences")
        ),
        sa.PrimaryKeyConstraint("client_id", "key", name=op.f("pk_idempotency_keys")),
    )
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_idempotency_keys_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "licence_fields",
        sa.Column("licence_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_licence_fields_licence_id_licences")
        ),
        sa.PrimaryKeyConstraint("licence_id", "key", name=op.f("pk_licence_fields")),
    )
    op.create_table(
        "licence_holders",
        sa.Column("licence_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holders.id"], name=op.f("fk_licence_holders_holder_id_holders")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_licence_holders_licence_id_licences")
        ),
        sa.PrimaryKeyConstraint("licence_id", "holder_id", name=op.f("pk_licence_holders")),
    )
    with op.batch_alter_table("licence_holders", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_licence_holders_holder_id"), ["holder_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_licence_holders_name_index"), ["name_index"], unique=False
        )

    op.create_table(
        "licence_reviews",
        sa.Column("licence_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_licence_reviews_licence_id_licences")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_licence_reviews_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("licence_id", name=op.f("pk_licence_reviews")),
    )
    op.create_table(
        "status_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("licence_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("from_status", sa.String(), nullable=False),
        sa.Column("from_code", sa.String(), nullable=False),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("to_code", sa.String(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("basis_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_status_changes_client_id_clients")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_status_changes_licence_id_licences")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_status_changes_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_changes")),
    )
    with op.batch_alter_table("status_changes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_status_changes_licence_id"), ["licence_id"], unique=False
        )

    op.create_table(
        "status_entries",
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("licence_id", sa.Integer(), nullable=True),
        sa.Column("copy_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_status_entries_licence_id_licences")
        ),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_status_entries")),
        sa.UniqueConstraint("copy_id", name=op.f("uq_status_entries_copy_id")),
        sa.UniqueConstraint("licence_id", name=op.f("uq_status_entries_licence_id")),
    )
    with op.batch_alter_table("status_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_status_entries_changed_at"), ["changed_at"], unique=False
        )

    op.create_table(
        "uses",
        sa.Column("verification_id", sa.String(), nullable=False),
        sa.Column("licence_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_uses_licence_id_licences")
        ),
        sa.ForeignKeyConstraint(
            ["verification_id"],
            ["verifications.id"],
            name=op.f("fk_uses_verification_id_verifications"),
        ),
        sa.PrimaryKeyConstraint("verification_id", "licence_id", name=op.f("pk_uses")),
    )
    with op.batch_alter_table("uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_uses_licence_id"), ["licence_id"], unique=False)

    op.create_table(
        "look_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("look_up", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("licence_id", sa.Integer(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=True),
        sa.Column("terminal", sa.String(), nullable=False),
        sa.Column("shower", sa.String(), nullable=True),
        sa.Column("cause_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("case_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holders.id"], name=op.f("fk_look_ups_holder_id_holders")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["use_items.id"], name=op.f("fk_look_ups_item_id_use_items")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_look_ups_licence_id_licences")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_look_ups_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_ups")),
    )
    with op.batch_alter_table("look_ups", schema=None) as batch_op:
        batch_op.create_index("ix_look_ups_holder_id_at", ["holder_id", "at"], unique=False)
        batch_op.create_index("ix_look_ups_licence_id_at", ["licence_id", "at"], unique=False)
        batch_op.create_index("ix_look_ups_look_up", ["look_up"], unique=False)
        batch_op.create_index(
            "ix_look_ups_untold",
            ["at"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )

    op.create_table(
        "holding_refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("look_up", sa.String(), nullable=False),
        sa.Column("material", sa.String(), nullable=False),
        sa.Column("licences", sa.JSON(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("terminal", sa.String(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("basis_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["use_items.id"], name=op.f("fk_holding_refusals_item_id_use_items")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_holding_refusals_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_refusals")),
        sa.UniqueConstraint(
            "look_up", "material", name=op.f("uq_holding_refusals_look_up_material")
        ),
    )
    with op.batch_alter_table("holding_refusals", schema=None) as batch_op:
        batch_op.create_index("ix_holding_refusals_unit_id", ["unit_id", "id"], unique=False)

    op.create_table(
        "merchant_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_merchant_checks_client_id_clients")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["use_items.id"], name=op.f("fk_merchant_checks_item_id_use_items")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["licence_types.id"], name=op.f("fk_merchant_checks_type_id_licence_types")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_merchant_checks_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant_checks")),
        sa.UniqueConstraint("client_id", "key", name=op.f("uq_merchant_checks_client_id_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_merchant_checks_public_id")),
    )
    with op.batch_alter_table("merchant_checks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_merchant_checks_finished_at"), ["finished_at"], unique=False
        )

    op.create_table(
        "merchant_check_lines",
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("ref_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("licence_id", sa.Integer(), nullable=True),
        sa.Column("told", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["merchant_checks.id"],
            name=op.f("fk_merchant_check_lines_check_id_merchant_checks"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["licences.id"],
            name=op.f("fk_merchant_check_lines_licence_id_licences"),
        ),
        sa.PrimaryKeyConstraint("check_id", "line", name=op.f("pk_merchant_check_lines")),
    )
    with op.batch_alter_table("merchant_check_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_merchant_check_lines_licence_id"), ["licence_id"], unique=False
        )

    op.create_table(
        "merchant_check_subscriptions",
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("webhook_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["merchant_checks.id"],
            name=op.f("fk_merchant_check_subscriptions_check_id_merchant_checks"),
        ),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_merchant_check_subscriptions")),
    )
    with op.batch_alter_table("licences", schema=None) as batch_op:
        batch_op.create_index("ix_licences_number_index", ["number_index"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("licence_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("dispatch_id", sa.Integer(), nullable=True),
        sa.Column("exemption_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_deliveries_channel_id_channels")
        ),
        sa.ForeignKeyConstraint(
            ["dispatch_id"], ["dispatches.id"], name=op.f("fk_deliveries_dispatch_id_dispatches")
        ),
        sa.ForeignKeyConstraint(
            ["exemption_id"], ["exemptions.id"], name=op.f("fk_deliveries_exemption_id_exemptions")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_deliveries_licence_id_licences")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("dispatch_id", name=op.f("uq_deliveries_dispatch_id")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliveries_licence_id"), ["licence_id"], unique=False)

    op.create_table(
        "inbox_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("licence_id", sa.Integer(), nullable=True),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("acted_for_id", sa.Integer(), nullable=True),
        sa.Column("acting_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("use", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["status_changes.id"],
            name=op.f("fk_inbox_entries_change_id_status_changes"),
        ),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegations.id"],
            name=op.f("fk_inbox_entries_delegation_id_delegations"),
        ),
        sa.ForeignKeyConstraint(
            ["acted_for_id"], ["holders.id"], name=op.f("fk_inbox_entries_acted_for_id_holders")
        ),
        sa.ForeignKeyConstraint(
            ["acting_id"], ["holders.id"], name=op.f("fk_inbox_entries_acting_id_holders")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holders.id"], name=op.f("fk_inbox_entries_holder_id_holders")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_inbox_entries_licence_id_licences")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_entries")),
    )
    with op.batch_alter_table("inbox_entries", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_entries_holder_id_id", ["holder_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inbox_entries_licence_id"), ["licence_id"], unique=False
        )
        batch_op.create_index(
            "ix_inbox_entries_unread",
            ["holder_id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )

    op.create_table(
        "force_majeure_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("what_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("reported_by", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holidays_published", sa.Boolean(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("backlog", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_force_majeure_reports_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_force_majeure_reports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_force_majeure_reports_public_id")),
        sa.UniqueConstraint(
            "unit_id", "started_at", name=op.f("uq_force_majeure_reports_unit_id_started_at")
        ),
    )
    op.create_table(
        "expected_counts",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("told_by", sa.String(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["type_id"], ["licence_types.id"], name=op.f("fk_expected_counts_type_id_licence_types")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_expected_counts_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("unit_id", "type_id", "year", name=op.f("pk_expected_counts")),
    )
    op.create_table(
        "force_majeure_measures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("told_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measure_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["force_majeure_reports.id"],
            name=op.f("fk_force_majeure_measures_report_id_force_majeure_reports"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_force_majeure_measures")),
    )
    with op.batch_alter_table("force_majeure_measures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_force_majeure_measures_report_id"), ["report_id"], unique=False
        )

    op.create_table(
        "force_majeure_types",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["force_majeure_reports.id"],
            name=op.f("fk_force_majeure_types_report_id_force_majeure_reports"),
        ),
        sa.ForeignKeyConstraint(
            ["type_id"],
            ["licence_types.id"],
            name=op.f("fk_force_majeure_types_type_id_licence_types"),
        ),
        sa.PrimaryKeyConstraint("report_id", "type_id", name=op.f("pk_force_majeure_types")),
    )
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("missing_here", sa.Integer(), nullable=False),
        sa.Column("missing_there", sa.Integer(), nullable=False),
        sa.Column("older_here", sa.Integer(), nullable=False),
        sa.Column("older_there", sa.Integer(), nullable=False),
        sa.Column("status_differs", sa.Integer(), nullable=False),
        sa.Column("content_differs", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_reconciliations_client_id_clients")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["licence_types.id"], name=op.f("fk_reconciliations_type_id_licence_types")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_reconciliations_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reconciliations_public_id")),
    )
    with op.batch_alter_table("reconciliations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reconciliations_listed",
            ["at"],
            unique=False,
            sqlite_where=sa.text("listed > 0"),
            postgresql_where=sa.text("listed > 0"),
        )
        batch_op.create_index(
            "ix_reconciliations_unit_id_type_id", ["unit_id", "type_id"], unique=False
        )

    op.create_table(
        "late_licences",
        sa.Column("licence_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_late_licences_licence_id_licences")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["licence_types.id"], name=op.f("fk_late_licences_type_id_licence_types")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_late_licences_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("licence_id", name=op.f("pk_late_licences")),
    )
    with op.batch_alter_table("late_licences", schema=None) as batch_op:
        batch_op.create_index(
            "ix_late_licences_unit_id_received_at", ["unit_id", "received_at"], unique=False
        )

    op.create_table(
        "reconciliation_differences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reconciliation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version_here", sa.Integer(), nullable=True),
        sa.Column("version_there", sa.Integer(), nullable=True),
        sa.Column("status_here", sa.String(), nullable=True),
        sa.Column("status_there", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliations.id"],
            name=op.f("fk_reconciliation_differences_reconciliation_id_reconciliations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_differences")),
    )
    with op.batch_alter_table("reconciliation_differences", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reconciliation_differences_reconciliation_id_id",
            ["reconciliation_id", "id"],
            unique=False,
        )

    op.create_table(
        "slip_blocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_slip_blocks_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_blocks")),
        sa.UniqueConstraint("public_id", name=op.f("uq_slip_blocks_public_id")),
    )
    with op.batch_alter_table("slip_blocks", schema=None) as batch_op:
        batch_op.create_index("ix_slip_blocks_unit", ["unit_id", "id"], unique=False)

    op.create_table(
        "slips",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("served", sa.Boolean(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=True),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["block_id"], ["slip_blocks.id"], name=op.f("fk_slips_block_id_slip_blocks")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holders.id"], name=op.f("fk_slips_holder_id_holders")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["use_items.id"], name=op.f("fk_slips_item_id_use_items")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_slips_staff_id_staff")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_slips")),
    )
    with op.batch_alter_table("slips", schema=None) as batch_op:
        batch_op.create_index("ix_slips_block", ["block_id", "position"], unique=False)

    op.create_table(
        "assistances",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("terminal", sa.String(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("reference_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("matter_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holders.id"], name=op.f("fk_assistances_holder_id_holders")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_assistances_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_assistances_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistances")),
    )
    with op.batch_alter_table("assistances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assistances_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index("ix_assistances_staff", ["staff_id", "started_at"], unique=False)
        batch_op.create_index("ix_assistances_unit", ["unit_id", "ends_at"], unique=False)

    op.create_table(
        "desk_refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("desk_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("told_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("assistance_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assistance_id"],
            ["assistances.id"],
            name=op.f("fk_desk_refusals_assistance_id_assistances"),
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holders.id"], name=op.f("fk_desk_refusals_holder_id_holders")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["use_items.id"], name=op.f("fk_desk_refusals_item_id_use_items")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_desk_refusals_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_refusals")),
        sa.UniqueConstraint("public_id", name=op.f("uq_desk_refusals_public_id")),
    )
    with op.batch_alter_table("desk_refusals", schema=None) as batch_op:
        batch_op.create_index("ix_desk_refusals_holder", ["holder_id", "id"], unique=False)
        batch_op.create_index("ix_desk_refusals_reporter", ["reporter", "id"], unique=False)
        batch_op.create_index("ix_desk_refusals_unit", ["unit_id", "id"], unique=False)

    op.create_table(
        "visit_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["staff.id"], name=op.f("fk_visit_lists_confirmed_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_visit_lists_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_visit_lists_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_lists")),
        sa.UniqueConstraint("public_id", name=op.f("uq_visit_lists_public_id")),
    )
    with op.batch_alter_table("visit_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_lists_day"), ["day"], unique=False)
        batch_op.create_index("ix_visit_lists_unit", ["unit_id", "id"], unique=False)

    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assistance_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assistance_id"], ["assistances.id"], name=op.f("fk_visits_assistance_id_assistances")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["visit_lists.id"],
            name=op.f("fk_visits_list_id_visit_lists"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("public_id", name=op.f("uq_visits_public_id")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index("ix_visits_list", ["list_id", "position"], unique=False)

    op.create_table(
        "assisted_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("assistance_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_index", sa.LargeBinary(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("terminal", sa.String(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assistance_id"],
            ["assistances.id"],
            name=op.f("fk_assisted_acts_assistance_id_assistances"),
        ),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegations.id"],
            name=op.f("fk_assisted_acts_delegation_id_delegations"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_assisted_acts_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assisted_acts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_assisted_acts_public_id")),
    )
    with op.batch_alter_table("assisted_acts", schema=None) as batch_op:
        batch_op.create_index("ix_assisted_acts_assistance", ["assistance_id", "id"], unique=False)
        batch_op.create_index(
            "ix_assisted_acts_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )

    op.create_table(
        "hand_overs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("assistance_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("licences", sa.JSON(), nullable=False),
        sa.Column("desk_unit_id", sa.Integer(), nullable=False),
        sa.Column("terminal", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assistance_id"],
            ["assistances.id"],
            name=op.f("fk_hand_overs_assistance_id_assistances"),
        ),
        sa.ForeignKeyConstraint(
            ["desk_unit_id"], ["units.id"], name=op.f("fk_hand_overs_desk_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holders.id"], name=op.f("fk_hand_overs_holder_id_holders")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_hand_overs_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
        sa.UniqueConstraint("assistance_id", "key", name=op.f("uq_hand_overs_assistance_id_key")),
        sa.UniqueConstraint("jti", name=op.f("uq_hand_overs_jti")),
    )
    op.create_table(
        "copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("assistance_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("licence_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("purpose_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recipient_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("recipient_unit_id", sa.Integer(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("single_use", sa.Boolean(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.Column("revocation_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assistance_id"], ["assistances.id"], name=op.f("fk_copies_assistance_id_assistances")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holders.id"], name=op.f("fk_copies_holder_id_holders")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["use_items.id"], name=op.f("fk_copies_item_id_use_items")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licences.id"], name=op.f("fk_copies_licence_id_licences")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_unit_id"], ["units.id"], name=op.f("fk_copies_recipient_unit_id_units")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_copies_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copies")),
        sa.UniqueConstraint(
            "assistance_id", "key", "position", name=op.f("uq_copies_assistance_id_key_position")
        ),
        sa.UniqueConstraint("serial", name=op.f("uq_copies_serial")),
    )
    with op.batch_alter_table("copies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_copies_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index("ix_copies_licence", ["licence_id", "printed_at"], unique=False)
    op.create_table(
        "kiosks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("assistance_id", sa.String(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assistance_id"], ["assistances.id"], name=op.f("fk_kiosks_assistance_id_assistances")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosks")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_kiosks_token_hash")),
    )
    with op.batch_alter_table("kiosks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_kiosks_assistance_id"), ["assistance_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_kiosks_number"), ["number"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("desk_refusals", schema=None) as batch_op:
        batch_op.drop_index("ix_desk_refusals_unit")
        batch_op.drop_index("ix_desk_refusals_reporter")
        batch_op.drop_index("ix_desk_refusals_holder")

    op.drop_table("desk_refusals")
    """Back to the one before."""
    op.drop_table("kiosks")
    op.drop_table("copies")
    op.drop_table("hand_overs")
    op.drop_table("assisted_acts")
    op.drop_table("visits")
    op.drop_table("visit_lists")
    op.drop_table("assistances")
    op.drop_table("slips")
    op.drop_table("slip_blocks")
    with op.batch_alter_table("reconciliation_differences", schema=None) as batch_op:
        batch_op.drop_index("ix_reconciliation_differences_reconciliation_id_id")

    op.drop_table("reconciliation_differences")
    with op.batch_alter_table("late_licences", schema=None) as batch_op:
        batch_op.drop_index("ix_late_licences_unit_id_received_at")

    op.drop_table("late_licences")
    with op.batch_alter_table("reconciliations", schema=None) as batch_op:
        batch_op.drop_index("ix_reconciliations_unit_id_type_id")
        batch_op.drop_index(
            "ix_reconciliations_listed",
            sqlite_where=sa.text("listed > 0"),
            postgresql_where=sa.text("listed > 0"),
        )

    op.drop_table("reconciliations")
    op.drop_table("force_majeure_types")
    with op.batch_alter_table("force_majeure_measures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_force_majeure_measures_report_id"))

    op.drop_table("force_majeure_measures")
    op.drop_table("expected_counts")
    op.drop_table("force_majeure_reports")
    with op.batch_alter_table("inbox_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_entries_unread")
        batch_op.drop_index(batch_op.f("ix_inbox_entries_licence_id"))
        batch_op.drop_index("ix_inbox_entries_holder_id_id")

    op.drop_table("inbox_entries")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_licence_id"))

    op.drop_table("deliveries")
    with op.batch_alter_table("holding_refusals", schema=None) as batch_op:
        batch_op.drop_index("ix_holding_refusals_unit_id")

    op.drop_table("holding_refusals")
    with op.batch_alter_table("look_ups", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_look_ups_untold",
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )
        batch_op.drop_index("ix_look_ups_look_up")
        batch_op.drop_index("ix_look_ups_licence_id_at")
        batch_op.drop_index("ix_look_ups_holder_id_at")

    op.drop_table("look_ups")

    with op.batch_alter_table("licences", schema=None) as batch_op:
        batch_op.drop_index("ix_licences_number_index")

    op.drop_table("merchant_check_subscriptions")
    with op.batch_alter_table("merchant_check_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merchant_check_lines_licence_id"))

    op.drop_table("merchant_check_lines")
    with op.batch_alter_table("merchant_checks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merchant_checks_finished_at"))

    op.drop_table("merchant_checks")

    with op.batch_alter_table("uses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_uses_licence_id"))

    op.drop_table("uses")
    with op.batch_alter_table("status_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_status_entries_changed_at"))

    op.drop_table("status_entries")
    with op.batch_alter_table("status_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_status_changes_licence_id"))

    op.drop_table("status_changes")
    op.drop_table("licence_reviews")
    with op.batch_alter_table("licence_holders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_licence_holders_holder_id"))

    op.drop_table("licence_holders")
    op.drop_table("licence_fields")
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_keys_created_at"))

    op.drop_table("idempotency_keys")
    op.drop_table("delegation_licences")
    op.drop_table("delegation_items")
    with op.batch_alter_table("batch_faults", schema=None) as batch_op:
        batch_op.drop_index("ix_batch_faults_batch_id_id")

    op.drop_table("batch_faults")
    with op.batch_alter_table("sent_showings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sent_showings_sent_at"))
        batch_op.drop_index(batch_op.f("ix_sent_showings_desk"))

    op.drop_table("sent_showings")
    with op.batch_alter_table("desk_numbers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_numbers_ends_at"))

    op.drop_table("desk_numbers")
    with op.batch_alter_table("verifications", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_verifications_untold",
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_verifications_pending",
            sqlite_where=sa.text("verdict = 'pending'"),
            postgresql_where=sa.text("verdict = 'pending'"),
        )
        batch_op.drop_index(
            "ix_verifications_delegated",
            sqlite_where=sa.text("shown_by = 'delegate'"),
            postgresql_where=sa.text("shown_by = 'delegate'"),
        )
        batch_op.drop_index(
            "ix_verifications_region",
            sqlite_where=sa.text("region IS NOT NULL"),
            postgresql_where=sa.text("region IS NOT NULL"),
        )
        batch_op.drop_index("ix_verifications_actor")

    op.drop_table("verifications")
    op.drop_table("use_item_types")
    op.drop_table("type_issuers")
    with op.batch_alter_table("exemptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exemptions_type_id"))

    op.drop_table("exemptions")
    with op.batch_alter_table("administrator_offers", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_administrator_offers_waiting",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_administrator_offers_holder_id"))
        batch_op.drop_index("ix_administrator_offers_addressee")

    op.drop_table("administrator_offers")
    with op.batch_alter_table("representatives", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_representatives_over_at"))

    op.drop_table("representatives")
    with op.batch_alter_table("licences", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_licences_awaits_review",
            sqlite_where=sa.text("review_state = 'waiting'"),
            postgresql_where=sa.text("review_state = 'waiting'"),
        )
        batch_op.drop_index(
            "ix_licences_awaits_sealing",
            sqlite_where=sa.text(
                "issued_at IS NULL AND (review_state IS NULL OR review_state = 'passed')"
            ),
            postgresql_where=sa.text(
                "issued_at IS NULL AND (review_state IS NULL OR review_state = 'passed')"
            ),
        )
        batch_op.drop_index(
            "ix_licences_current",
            sqlite_where=sa.text("issued_at IS NOT NULL AND superseded_at IS NULL"),
            postgresql_where=sa.text("issued_at IS NOT NULL AND superseded_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_licences_to_remind",
            sqlite_where=sa.text(
                "status = 'valid' AND superseded_at IS NULL AND expired_at IS NULL AND remind_on IS NOT NULL"
            ),
            postgresql_where=sa.text(
                "status = 'valid' AND superseded_at IS NULL AND expired_at IS NULL AND remind_on IS NOT NULL"
            ),
        )
        batch_op.drop_index(
            "ix_licences_may_expire",
            sqlite_where=sa.text(
                "status = 'valid' AND superseded_at IS NULL AND expired_at IS NULL"
            ),
            postgresql_where=sa.text(
                "status = 'valid' AND superseded_at IS NULL AND expired_at IS NULL"
            ),
        )

    op.drop_table("licences")
    with op.batch_alter_table("licence_batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_licence_batches_state"))

    op.drop_table("licence_batches")
    with op.batch_alter_table("oversteps", schema=None) as batch_op:
        batch_op.drop_index("ix_oversteps_actor")

    op.drop_table("oversteps")
    op.drop_table("suspension_rules")
    op.drop_table("beyond_days")
    with op.batch_alter_table("grant_notices", schema=None) as batch_op:
        batch_op.drop_index("ix_grant_notices_unit")

    op.drop_table("grant_notices")
    op.drop_table("foreign_items")
    op.drop_table("foreign_libraries")
    for name in (
        "approval_rights",
        "filings",
        "application_proofs",
        "application_steps",
        "applications",
    ):
        op.drop_table(name)
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index("uq_alerts_open")
        batch_op.drop_index("ix_alerts_unit")

    op.drop_table("alerts")
    op.drop_table("grant_days")
    with op.batch_alter_table("client_grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_grants_grant_id"))

    op.drop_table("client_grants")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index("ix_grants_ends_on")

    op.drop_table("grants")
    with op.batch_alter_table("delegations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegations_over_at"))
        batch_op.drop_index(batch_op.f("ix_delegations_grantor_id"))
        batch_op.drop_index("ix_delegations_addressee")
        batch_op.drop_index(batch_op.f("ix_delegations_account_id"))

    op.drop_table("delegations")
    with op.batch_alter_table("client_assertions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_assertions_expires_at"))

    op.drop_table("client_assertions")
    op.drop_table("use_items")
    with op.batch_alter_table("responsible_persons", schema=None) as batch_op:
        batch_op.drop_index("ix_responsible_persons_staff")
        batch_op.drop_index("ix_responsible_persons_unit")
        batch_op.drop_index("uq_responsible_persons_now")

    op.drop_table("responsible_persons")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_unit_id"))

    op.drop_table("staff")
    with op.batch_alter_table("use_item_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_use_item_steps_version_id"))

    op.drop_table("use_item_steps")
    with op.batch_alter_table("use_item_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_use_item_versions_unit_id"))

    op.drop_table("use_item_versions")

    with op.batch_alter_table("licence_type_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_licence_type_steps_version_id"))

    op.drop_table("licence_type_steps")
    with op.batch_alter_table("licence_type_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_licence_type_versions_unit_id"))

    op.drop_table("licence_type_versions")
    op.drop_table("licence_types")
    op.drop_table("clients")
    op.drop_table("accounts")
    op.drop_table("basis_documents")
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_units_parent_id"))

    op.drop_table("units")
    with op.batch_alter_table("used_sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_used_sign_in_attempts_expires_at"))

    op.drop_table("used_sign_in_attempts")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_subject_kind_subject_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("dispatches", schema=None) as batch_op:
        batch_op.drop_index("ix_dispatches_waiting")
        batch_op.drop_index("ix_dispatches_stream")
        batch_op.drop_index(batch_op.f("ix_dispatches_message_id"))

    op.drop_table("dispatches")
    op.drop_table("channels")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_waiting")

    op.drop_table("outbox")
    op.drop_table("holders")
    op.drop_table("epochs")
    op.drop_table("claims")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_events_sealed"))

    op.drop_table("audit_events")
