"""First tables."""

import sqlalchemy as sa

from alembic import op


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# The history is only ever added to, whoever writes.
APPEND_ONLY = {
    "sqlite": (
        """
        CREATE TRIGGER manager_action_no_update BEFORE UPDATE ON manager_action
        BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END
        """,
        """
        CREATE TRIGGER manager_action_no_delete BEFORE DELETE ON manager_action
        BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END
        """,
    ),
    "postgresql": (
        """
        CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the history is append-only'; END $$
        """,
        """
        CREATE TRIGGER manager_action_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
        ON manager_action FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()
        """,
    ),
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "structure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "identifier_type",
            sa.Enum(
                "SIRET",
                "EU_VAT",
                "NON_EU",
                "RIDET",
                "TAHITI",
                "OTHER",
                "INDIVIDUAL",
                name="identifier_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "identifier",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=200), nullable=True),
        sa.Column(
            "sector",
            sa.Enum(
                "PRIVATE",
                "PUBLIC",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "ACTIVE",
                "INACTIVE",
                name="structure_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("fax", sa.String(length=40), nullable=True),
        sa.Column("vat_number", sa.String(length=20), nullable=True),
        sa.Column("rcs_number", sa.String(length=80), nullable=True),
        sa.Column("address_withheld", sa.Boolean(), nullable=False),
        sa.Column("service_code_required", sa.Boolean(), nullable=False),
        sa.Column("engagement_number_required", sa.Boolean(), nullable=False),
        sa.Column("service_code_or_engagement_number_required", sa.Boolean(), nullable=False),
        sa.Column("reports_payment", sa.Boolean(), nullable=False),
        sa.Column("contracting_authority", sa.Boolean(), nullable=False),
        sa.Column("contracting_authority_only", sa.Boolean(), nullable=False),
        sa.Column("delegated_validator", sa.Boolean(), nullable=False),
        sa.Column("local_authority", sa.Boolean(), nullable=False),
        sa.Column("agricultural_management_centre", sa.Boolean(), nullable=False),
        sa.Column("justice_supplier_category", sa.String(length=80), nullable=True),
        sa.Column("pacage_number", sa.String(length=9), nullable=True),
        sa.Column(
            "predecessor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("first_payment_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("line1", sa.String(length=200), nullable=True),
        sa.Column("line2", sa.String(length=200), nullable=True),
        sa.Column("line3", sa.String(length=200), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'INACTIVE') = (deactivated_at IS NOT NULL)",
            name=op.f("ck_structure_inactive_since"),
        ),
        sa.CheckConstraint(
            "NOT (service_code_or_engagement_number_required AND (service_code_required OR engagement_number_required))",
            name=op.f("ck_structure_one_of_two_excludes_each"),
        ),
        sa.CheckConstraint(
            "NOT contracting_authority_only OR contracting_authority",
            name=op.f("ck_structure_only_implies_authority"),
        ),
        sa.CheckConstraint(
            "predecessor_id <> id", name=op.f("ck_structure_not_its_own_predecessor")
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["structure.id"], name=op.f("fk_structure_predecessor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_structure")),
        sa.UniqueConstraint(
            "identifier_type", "identifier", name=op.f("uq_structure_identifier_type_identifier")
        ),
        sa.UniqueConstraint("predecessor_id", name=op.f("uq_structure_predecessor_id")),
    )
    with op.batch_alter_table("structure", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_structure_name_key_id"), ["name_key", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_structure_identifier_id"), ["identifier", "id"], unique=False
        )

    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "login",
            sa.String(length=254).with_variant(sa.String(length=254, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column(
            "language",
            sa.Enum(
                "FR", "EN", name="language", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "PENDING_ACTIVATION",
                "ACTIVE",
                "DEACTIVATED",
                name="user_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "HUMAN",
                "TECHNICAL",
                name="user_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "platform_role",
            sa.Enum(
                "NONE",
                "SUPPORT",
                name="platform_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("receives_notifications", sa.Boolean(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("last_connection_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("login = lower(login)", name=op.f("ck_user_account_login_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
    )
    op.create_table(
        "idempotency_record",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_idempotency_record_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_record")),
    )
    with op.batch_alter_table("idempotency_record", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_idempotency_record_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "manager_action",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "structure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "CARD_READ",
                "STRUCTURE_SEARCH",
                "GENERAL_READ",
                "PRIMARY_MANAGER_READ",
                "SERVICE_LIST",
                "OPENED_AREA_LIST",
                "USER_LIST",
                "USER_CONTACT_READ",
                "MEMBERSHIP_READ",
                "SUBSCRIPTION_LIST",
                "ADMINISTRATION_READ",
                "REQUEST_LIST",
                "HISTORY_READ",
                "CONNECTION_REQUEST_SUBMIT",
                "REQUEST_CANCEL",
                "CONNECTION_REQUEST_DECIDE",
                "SUBSCRIPTION_REQUEST_SUBMIT",
                "SUBSCRIPTION_REQUEST_DECIDE",
                "PRIMARY_MANAGER_TRANSFER",
                "IDENTIFIER_CHANGE",
                name="action",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "DONE",
                "REFUSED",
                name="manager_action_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "target_type",
            sa.Enum(
                "STRUCTURE",
                "MEMBERSHIP",
                "REQUEST",
                name="target_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_manager_action_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_manager_action_structure_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_manager_action_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manager_action")),
    )
    with op.batch_alter_table("manager_action", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_manager_action_actor_id_id"), ["actor_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_manager_action_structure_id_id"), ["structure_id", "id"], unique=False
        )

    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "structure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "PRIMARY_MANAGER",
                "SECONDARY_MANAGER",
                "SIMPLE_USER",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "ACTIVE",
                "INACTIVE",
                "DELETED",
                name="membership_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "scope",
            sa.Enum(
                "ALL_SERVICES",
                "LISTED",
                name="membership_scope",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "CREATOR",
                "REQUEST",
                "MANAGER",
                "TRANSFER",
                "IDENTIFIER_CHANGE",
                "SUPPORT",
                name="membership_origin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role <> 'PRIMARY_MANAGER' OR status = 'ACTIVE'",
            name=op.f("ck_membership_primary_manager_is_active"),
        ),
        sa.CheckConstraint(
            "role = 'SIMPLE_USER' OR (status <> 'DELETED' AND scope = 'ALL_SERVICES')",
            name=op.f("ck_membership_managers_reach_all_services"),
        ),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_membership_structure_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("structure_id", "id", name=op.f("uq_membership_structure_id_id")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_membership_structure_id_user_id"),
            ["structure_id", "user_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "one_live_membership",
            ["user_id", "structure_id"],
            unique=True,
            postgresql_where=sa.text("status <> 'DELETED'"),
            sqlite_where=sa.text("status <> 'DELETED'"),
        )
        batch_op.create_index(
            "one_primary_manager",
            ["structure_id"],
            unique=True,
            postgresql_where=sa.text("role = 'PRIMARY_MANAGER' AND status = 'ACTIVE'"),
            sqlite_where=sa.text("role = 'PRIMARY_MANAGER' AND status = 'ACTIVE'"),
        )

    op.create_table(
        "notification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "REQUEST_SUBMITTED",
                "REQUEST_VALIDATED",
                "REQUEST_REFUSED",
                "PRIMARY_MANAGER_TRANSFERRED",
                "IDENTIFIER_CHANGED",
                name="notification_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "structure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_notification_structure_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_notification_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index(
            "unsent_notification",
            ["id"],
            unique=False,
            postgresql_where=sa.text("sent_at IS NULL"),
            sqlite_where=sa.text("sent_at IS NULL"),
        )

    op.create_table(
        "password",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_password_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_password")),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "structure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "code",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("engagement_number_required", sa.Boolean(), nullable=False),
        sa.Column("line1", sa.String(length=200), nullable=True),
        sa.Column("line2", sa.String(length=200), nullable=True),
        sa.Column("line3", sa.String(length=200), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_service_ends_after_begin")),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_service_structure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("structure_id", "code", name=op.f("uq_service_structure_id_code")),
        sa.UniqueConstraint("structure_id", "id", name=op.f("uq_service_structure_id_id")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_structure_id_name_key_id"),
            ["structure_id", "name_key", "id"],
            unique=False,
        )

    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previous_connection_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_sign_in_session_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_session_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sign_in_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "structure_application",
        sa.Column(
            "structure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "code",
            sa.Enum(
                "PAYMENT_REQUEST",
                name="application_code",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_structure_application_structure_id")
        ),
        sa.PrimaryKeyConstraint("structure_id", "code", name=op.f("pk_structure_application")),
    )
    op.create_table(
        "area_subscription",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "structure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "area",
            sa.Enum(
                "HOME",
                "MANAGER_ACTIVITIES",
                "ICT_REFUNDS",
                "COMMITMENTS",
                "INVOICES_TO_VALIDATE",
                "WORK_INVOICES",
                "ISSUED_INVOICES",
                "RECEIVED_INVOICES",
                "JUSTICE_COSTS",
                "EDI_API_CONNECTIONS",
                "SENT_REQUESTS",
                "RECEIVED_REQUESTS",
                "DATA_FLOW_OVERVIEW",
                "MY_ACCOUNT",
                name="area_code",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "CONSULTATION",
                "MODIFICATION",
                name="area_mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "area NOT IN ('HOME', 'MANAGER_ACTIVITIES', 'SENT_REQUESTS', 'MY_ACCOUNT')",
            name=op.f("ck_area_subscription_not_a_default_area"),
        ),
        sa.ForeignKeyConstraint(
            ["structure_id", "membership_id"],
            ["membership.structure_id", "membership.id"],
            name=op.f("fk_area_subscription_structure_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["structure_id", "service_id"],
            ["service.structure_id", "service.id"],
            name=op.f("fk_area_subscription_structure_id_service_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_subscription")),
    )
    with op.batch_alter_table("area_subscription", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_area_subscription_structure_id_area"),
            ["structure_id", "area"],
            unique=False,
        )
        batch_op.create_index(
            "one_subscription_per_service",
            ["membership_id", "area", "service_id"],
            unique=True,
            postgresql_where=sa.text("service_id IS NOT NULL AND ended_at IS NULL"),
            sqlite_where=sa.text("service_id IS NOT NULL AND ended_at IS NULL"),
        )
        batch_op.create_index(
            "one_subscription_per_structure",
            ["membership_id", "area"],
            unique=True,
            postgresql_where=sa.text("service_id IS NULL AND ended_at IS NULL"),
            sqlite_where=sa.text("service_id IS NULL AND ended_at IS NULL"),
        )

    op.create_table(
        "refresh_token",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in_session.id"], name=op.f("fk_refresh_token_session_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_refresh_token")),
    )
    with op.batch_alter_table("refresh_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_refresh_token_session_id"), ["session_id"], unique=False
        )

    op.create_table(
        "request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "CONNECTION",
                "SUBSCRIPTION",
                name="request_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "structure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "requester_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "status",
            sa.Enum(
                "PENDING",
                "VALIDATED",
                "REFUSED",
                "CANCELLED",
                "EXPIRED",
                name="request_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("comment", sa.String(length=500), nullable=True),
        sa.Column(
            "area",
            sa.Enum(
                "HOME",
                "MANAGER_ACTIVITIES",
                "ICT_REFUNDS",
                "COMMITMENTS",
                "INVOICES_TO_VALIDATE",
                "WORK_INVOICES",
                "ISSUED_INVOICES",
                "RECEIVED_INVOICES",
                "JUSTICE_COSTS",
                "EDI_API_CONNECTIONS",
                "SENT_REQUESTS",
                "RECEIVED_REQUESTS",
                "DATA_FLOW_OVERVIEW",
                "MY_ACCOUNT",
                name="area_code",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "CONSULTATION",
                "MODIFICATION",
                name="area_mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("refusal_reason", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'SUBSCRIPTION') = (area IS NOT NULL AND mode IS NOT NULL)",
            name=op.f("ck_request_subscription_names_area"),
        ),
        sa.CheckConstraint(
            "(status = 'PENDING') = (decided_at IS NULL)",
            name=op.f("ck_request_decided_when_final"),
        ),
        sa.CheckConstraint(
            "status <> 'REFUSED' OR refusal_reason IS NOT NULL",
            name=op.f("ck_request_refused_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_request_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["user_account.id"], name=op.f("fk_request_requester_id")
        ),
        sa.ForeignKeyConstraint(
            ["structure_id", "service_id"],
            ["service.structure_id", "service.id"],
            name=op.f("fk_request_structure_id_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_request_structure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_request_requester_id_created_at_id"),
            ["requester_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_request_structure_id_kind_status_created_at_id"),
            ["structure_id", "kind", "status", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "one_pending_connection_request",
            ["requester_id", "structure_id"],
            unique=True,
            postgresql_where=sa.text("kind = 'CONNECTION' AND status = 'PENDING'"),
            sqlite_where=sa.text("kind = 'CONNECTION' AND status = 'PENDING'"),
        )
        batch_op.create_index(
            "one_pending_request_service",
            ["requester_id", "structure_id", "area", "service_id"],
            unique=True,
            postgresql_where=sa.text(
                "kind = 'SUBSCRIPTION' AND status = 'PENDING' AND service_id IS NOT NULL"
            ),
            sqlite_where=sa.text(
                "kind = 'SUBSCRIPTION' AND status = 'PENDING' AND service_id IS NOT NULL"
            ),
        )
        batch_op.create_index(
            "one_pending_request_structure",
            ["requester_id", "structure_id", "area"],
            unique=True,
            postgresql_where=sa.text(
                "kind = 'SUBSCRIPTION' AND status = 'PENDING' AND service_id IS NULL"
            ),
            sqlite_where=sa.text(
                "kind = 'SUBSCRIPTION' AND status = 'PENDING' AND service_id IS NULL"
            ),
        )

    op.create_table(
        "service_membership",
        sa.Column(
            "structure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "membership_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "status",
            sa.Enum(
                "ACTIVE",
                "INACTIVE",
                "DELETED",
                name="membership_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["structure_id", "membership_id"],
            ["membership.structure_id", "membership.id"],
            name=op.f("fk_service_membership_structure_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["structure_id", "service_id"],
            ["service.structure_id", "service.id"],
            name=op.f("fk_service_membership_structure_id_service_id"),
        ),
        sa.PrimaryKeyConstraint("membership_id", "service_id", name=op.f("pk_service_membership")),
    )
    with op.batch_alter_table("service_membership", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_membership_service_id_membership_id"),
            ["service_id", "membership_id"],
            unique=False,
        )

    op.create_table(
        "structure_area",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "structure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "area",
            sa.Enum(
                "HOME",
                "MANAGER_ACTIVITIES",
                "ICT_REFUNDS",
                "COMMITMENTS",
                "INVOICES_TO_VALIDATE",
                "WORK_INVOICES",
                "ISSUED_INVOICES",
                "RECEIVED_INVOICES",
                "JUSTICE_COSTS",
                "EDI_API_CONNECTIONS",
                "SENT_REQUESTS",
                "RECEIVED_REQUESTS",
                "DATA_FLOW_OVERVIEW",
                "MY_ACCOUNT",
                name="area_code",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "CONSULTATION",
                "MODIFICATION",
                name="area_mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "opened_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "area NOT IN ('HOME', 'MANAGER_ACTIVITIES', 'SENT_REQUESTS', 'MY_ACCOUNT')",
            name=op.f("ck_structure_area_not_a_default_area"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["user_account.id"], name=op.f("fk_structure_area_opened_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["structure_id", "service_id"],
            ["service.structure_id", "service.id"],
            name=op.f("fk_structure_area_structure_id_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["structure.id"], name=op.f("fk_structure_area_structure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_structure_area")),
    )
    with op.batch_alter_table("structure_area", schema=None) as batch_op:
        batch_op.create_index(
            "one_opening_per_service",
            ["structure_id", "area", "service_id"],
            unique=True,
            postgresql_where=sa.text("service_id IS NOT NULL AND closed_at IS NULL"),
            sqlite_where=sa.text("service_id IS NOT NULL AND closed_at IS NULL"),
        )
        batch_op.create_index(
            "one_opening_per_structure",
            ["structure_id", "area"],
            unique=True,
            postgresql_where=sa.text("service_id IS NULL AND closed_at IS NULL"),
            sqlite_where=sa.text("service_id IS NULL AND closed_at IS NULL"),
        )

    op.create_table(
        "requested_service",
        sa.Column(
            "structure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_requested_service_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["structure_id", "service_id"],
            ["service.structure_id", "service.id"],
            name=op.f("fk_requested_service_structure_id_service_id"),
        ),
        sa.PrimaryKeyConstraint("request_id", "service_id", name=op.f("pk_requested_service")),
    )

    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER manager_action_append_only ON manager_action")
        op.execute("DROP FUNCTION refuse_change_of_history")
    op.drop_table("requested_service")
    with op.batch_alter_table("structure_area", schema=None) as batch_op:
        batch_op.drop_index(
            "one_opening_per_structure",
            postgresql_where=sa.text("service_id IS NULL AND closed_at IS NULL"),
            sqlite_where=sa.text("service_id IS NULL AND closed_at IS NULL"),
        )
        batch_op.drop_index(
            "one_opening_per_service",
            postgresql_where=sa.text("service_id IS NOT NULL AND closed_at IS NULL"),
            sqlite_where=sa.text("service_id IS NOT NULL AND closed_at IS NULL"),
        )

    op.drop_table("structure_area")
    with op.batch_alter_table("service_membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_membership_service_id_membership_id"))

    op.drop_table("service_membership")
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.drop_index(
            "one_pending_request_structure",
            postgresql_where=sa.text(
                "kind = 'SUBSCRIPTION' AND status = 'PENDING' AND service_id IS NULL"
            ),
            sqlite_where=sa.text(
                "kind = 'SUBSCRIPTION' AND status = 'PENDING' AND service_id IS NULL"
            ),
        )
        batch_op.drop_index(
            "one_pending_request_service",
            postgresql_where=sa.text(
                "kind = 'SUBSCRIPTION' AND status = 'PENDING' AND service_id IS NOT NULL"
            ),
            sqlite_where=sa.text(
                "kind = 'SUBSCRIPTION' AND status = 'PENDING' AND service_id IS NOT NULL"
            ),
        )
        batch_op.drop_index(
            "one_pending_connection_request",
            postgresql_where=sa.text("kind = 'CONNECTION' AND status = 'PENDING'"),
            sqlite_where=sa.text("kind = 'CONNECTION' AND status = 'PENDING'"),
        )
        batch_op.drop_index(batch_op.f("ix_request_structure_id_kind_status_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_request_requester_id_created_at_id"))

    op.drop_table("request")
    with op.batch_alter_table("refresh_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refresh_token_session_id"))

    op.drop_table("refresh_token")
    with op.batch_alter_table("area_subscription", schema=None) as batch_op:
        batch_op.drop_index(
            "one_subscription_per_structure",
            postgresql_where=sa.text("service_id IS NULL AND ended_at IS NULL"),
            sqlite_where=sa.text("service_id IS NULL AND ended_at IS NULL"),
        )
        batch_op.drop_index(
            "one_subscription_per_service",
            postgresql_where=sa.text("service_id IS NOT NULL AND ended_at IS NULL"),
            sqlite_where=sa.text("service_id IS NOT NULL AND ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_area_subscription_structure_id_area"))

    op.drop_table("area_subscription")
    op.drop_table("structure_application")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_user_id"))
        batch_op.drop_index(batch_op.f("ix_sign_in_session_expires_at"))

    op.drop_table("sign_in_session")
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_structure_id_name_key_id"))

    op.drop_table("service")
    op.drop_table("password")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index(
            "unsent_notification",
            postgresql_where=sa.text("sent_at IS NULL"),
            sqlite_where=sa.text("sent_at IS NULL"),
        )

    op.drop_table("notification")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(
            "one_primary_manager",
            postgresql_where=sa.text("role = 'PRIMARY_MANAGER' AND status = 'ACTIVE'"),
            sqlite_where=sa.text("role = 'PRIMARY_MANAGER' AND status = 'ACTIVE'"),
        )
        batch_op.drop_index(
            "one_live_membership",
            postgresql_where=sa.text("status <> 'DELETED'"),
            sqlite_where=sa.text("status <> 'DELETED'"),
        )
        batch_op.drop_index(batch_op.f("ix_membership_user_id"))
        batch_op.drop_index(batch_op.f("ix_membership_structure_id_user_id"))

    op.drop_table("membership")
    with op.batch_alter_table("manager_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_manager_action_structure_id_id"))
        batch_op.drop_index(batch_op.f("ix_manager_action_actor_id_id"))

    op.drop_table("manager_action")
    with op.batch_alter_table("idempotency_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_record_created_at"))

    op.drop_table("idempotency_record")
    op.drop_table("user_account")
    with op.batch_alter_table("structure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_structure_identifier_id"))
        batch_op.drop_index(batch_op.f("ix_structure_name_key_id"))

    op.drop_table("structure")
