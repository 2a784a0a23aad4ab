"""What must be true of the stored data at every commit, each as a statement that finds offenders."""

from models.bank_account_invariants import BANK_ACCOUNTS
from models.history_invariants import HISTORY
from models.invariant import Invariant
from models.mandate_invariants import MANDATES


_ROLES = (
    Invariant(
        name="one_primary_manager",
        meaning="An active structure has exactly one active primary manager.",
        statement="""
            SELECT structure.id FROM structure LEFT JOIN membership
                ON membership.structure_id = structure.id
                AND membership.role = 'PRIMARY_MANAGER' AND membership.status = 'ACTIVE'
            WHERE structure.status = 'ACTIVE'
            GROUP BY structure.id HAVING count(membership.id) <> 1
        """,
    ),
    Invariant(
        name="managers_are_persons",
        meaning="Managers are persons; the primary one of an active structure can sign in.",
        statement="""
            SELECT membership.id FROM membership
            JOIN structure ON structure.id = membership.structure_id
            JOIN user_account ON user_account.id = membership.user_id
            WHERE (role <> 'SIMPLE_USER' AND kind <> 'HUMAN') OR (role = 'PRIMARY_MANAGER'
                AND structure.status = 'ACTIVE' AND user_account.status <> 'ACTIVE')
        """,
    ),
    Invariant(
        name="managers_reach_all_services",
        meaning="A manager's membership lives and reaches all services; a primary's is active.",
        statement="""
            SELECT id FROM membership WHERE role <> 'SIMPLE_USER' AND (
                scope <> 'ALL_SERVICES' OR status = 'DELETED'
                OR (role = 'PRIMARY_MANAGER' AND status <> 'ACTIVE'))
        """,
    ),
    Invariant(
        name="one_live_membership",
        meaning="A user has at most one membership of a structure that is not deleted.",
        statement="""
            SELECT min(id) AS id FROM membership WHERE status <> 'DELETED'
            GROUP BY user_id, structure_id HAVING count(*) > 1
        """,
    ),
)

_RIGHTS = (
    Invariant(
        name="no_right_without_membership",
        meaning="A deleted membership holds no live right.",
        statement="""
            SELECT area_subscription.id FROM membership
            JOIN area_subscription ON area_subscription.membership_id = membership.id
            WHERE membership.status = 'DELETED' AND area_subscription.ended_at IS NULL
        """,
    ),
    Invariant(
        name="right_below_opening",
        meaning="A live right has an opening of its area above it, in its scope and mode.",
        statement="""
            SELECT held.id FROM area_subscription AS held
            WHERE held.ended_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM structure_area AS whole
                WHERE whole.structure_id = held.structure_id AND whole.area = held.area
                AND whole.closed_at IS NULL AND whole.service_id IS NULL
                AND (whole.mode = 'MODIFICATION' OR held.mode = 'CONSULTATION'))
            AND NOT EXISTS (
                SELECT 1 FROM structure_area AS part
                WHERE part.structure_id = held.structure_id AND part.area = held.area
                AND part.closed_at IS NULL AND part.service_id = held.service_id
                AND (part.mode = 'MODIFICATION' OR held.mode = 'CONSULTATION'))
        """,
    ),
    Invariant(
        name="default_areas_are_not_stored",
        meaning="The default areas are never opened, held or asked for.",
        statement="""
            SELECT id FROM (
                SELECT id, area FROM structure_area
                UNION SELECT id, area FROM area_subscription
                UNION SELECT id, area FROM request WHERE area IS NOT NULL) AS named
            WHERE area IN ('HOME', 'MANAGER_ACTIVITIES', 'SENT_REQUESTS', 'MY_ACCOUNT')
        """,
    ),
    Invariant(
        name="areas_of_public_structures",
        meaning="Areas for public structures are opened on public structures only.",
        statement="""
            SELECT structure_area.id FROM structure_area
            JOIN structure ON structure.id = structure_area.structure_id
            WHERE structure_area.area IN ('RECEIVED_INVOICES', 'RECEIVED_REQUESTS')
            AND structure_area.closed_at IS NULL AND structure.sector <> 'PUBLIC'
        """,
    ),
)

_REQUESTS = (
    Invariant(
        name="pending_on_active_structure",
        meaning="Only an active structure has pending requests.",
        statement="""
            SELECT request.id FROM request JOIN structure ON structure.id = request.structure_id
            WHERE request.status = 'PENDING' AND structure.status <> 'ACTIVE'
        """,
    ),
    Invariant(
        name="one_pending_request",
        meaning="A user has at most one pending request for the same thing.",
        statement="""
            SELECT min(id) AS id FROM request WHERE status = 'PENDING'
            GROUP BY requester_id, structure_id, kind, area, service_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        name="one_decision",
        meaning="A validated or refused request has its author and one entry in the history; "
        "any other has none.",
        statement="""
            SELECT request.id FROM request LEFT JOIN manager_action
                ON manager_action.target_type = 'REQUEST' AND manager_action.target_id = request.id
                AND manager_action.outcome = 'DONE' AND manager_action.action
                IN ('CONNECTION_REQUEST_DECIDE', 'SUBSCRIPTION_REQUEST_DECIDE')
            GROUP BY request.id, request.status, request.decided_by_id
            HAVING count(manager_action.id) <>
                CASE WHEN request.status IN ('VALIDATED', 'REFUSED') THEN 1 ELSE 0 END
            OR (request.status IN ('VALIDATED', 'REFUSED') AND request.decided_by_id IS NULL)
        """,
    ),
    Invariant(
        name="decided_when_final",
        meaning="A request has a date of decision exactly when it is final, and a refused one a "
        "reason.",
        statement="""
            SELECT id FROM request WHERE (status = 'PENDING') <> (decided_at IS NULL)
            OR (status = 'REFUSED' AND refusal_reason IS NULL)
        """,
    ),
    Invariant(
        name="validated_request_took_effect",
        meaning="A validated request left a membership, and a right where it asked for one.",
        statement="""
            SELECT request.id FROM request WHERE request.status = 'VALIDATED' AND NOT EXISTS (
                SELECT 1 FROM membership WHERE membership.structure_id = request.structure_id
                AND membership.user_id = request.requester_id
                AND (request.kind = 'CONNECTION' OR EXISTS (
                    SELECT 1 FROM area_subscription AS held
                    WHERE held.membership_id = membership.id AND held.area = request.area)))
        """,
    ),
)

_STRUCTURES = (
    Invariant(
        name="acyclic_succession",
        meaning="Successors never lead back to a structure they replaced.",
        statement="""
            WITH RECURSIVE begun(id) AS (
                SELECT id FROM structure WHERE predecessor_id IS NULL
                UNION SELECT structure.id FROM structure
                JOIN begun ON begun.id = structure.predecessor_id)
            SELECT id FROM structure WHERE id NOT IN (SELECT id FROM begun)
        """,
    ),
    Invariant(
        name="replaced_structure_is_inactive",
        meaning="A structure is inactive while one that came after it is active.",
        statement="""
            WITH RECURSIVE replaced(id, by_id) AS (
                SELECT predecessor_id, id FROM structure WHERE predecessor_id IS NOT NULL
                UNION SELECT structure.predecessor_id, replaced.by_id FROM replaced
                JOIN structure ON structure.id = replaced.id
                WHERE structure.predecessor_id IS NOT NULL)
            SELECT structure.id FROM replaced
            JOIN structure ON structure.id = replaced.id
            JOIN structure AS successor ON successor.id = replaced.by_id
            WHERE structure.id <> successor.id
                AND structure.status = 'ACTIVE' AND successor.status = 'ACTIVE'
        """,
    ),
    Invariant(
        name="public_invoices_service",
        meaning="A public structure has the service FACTURES_PUBLIQUES, switched on.",
        statement="""
            SELECT structure.id FROM structure WHERE sector = 'PUBLIC' AND NOT EXISTS (
                SELECT 1 FROM service WHERE service.structure_id = structure.id
                AND service.code = 'FACTURES_PUBLIQUES' AND service.enabled)
        """,
    ),
    Invariant(
        name="payment_request_application",
        meaning="An active structure uses the payment requests.",
        statement="""
            SELECT structure.id FROM structure WHERE status = 'ACTIVE' AND NOT EXISTS (
                SELECT 1 FROM structure_application AS used
                WHERE used.structure_id = structure.id AND used.code = 'PAYMENT_REQUEST')
        """,
    ),
    Invariant(
        name="normalised_identifier",
        meaning="Identifiers are stored without spaces, in upper case; a SIRET has 14 digits.",
        statement="""
            SELECT id FROM structure WHERE identifier <> upper(identifier)
            OR identifier LIKE '% %' OR (identifier_type = 'SIRET' AND length(identifier) <> 14)
        """,
    ),
    Invariant(
        name="services_of_the_same_structure",
        meaning="A row names services, memberships and requests of its own structure only.",
        statement="""
            SELECT row_.structure_id AS id FROM service_membership AS row_
                JOIN service ON service.id = row_.service_id
                JOIN membership ON membership.id = row_.membership_id
                WHERE service.structure_id <> row_.structure_id
                OR membership.structure_id <> row_.structure_id
            UNION SELECT row_.structure_id FROM area_subscription AS row_
                JOIN membership ON membership.id = row_.membership_id
                LEFT JOIN service ON service.id = row_.service_id
                WHERE service.structure_id <> row_.structure_id
                OR membership.structure_id <> row_.structure_id
            UNION SELECT row_.structure_id FROM structure_area AS row_
                JOIN service ON service.id = row_.service_id
                WHERE service.structure_id <> row_.structure_id
            UNION SELECT row_.structure_id FROM request AS row_
                JOIN service ON service.id = row_.service_id
                WHERE service.structure_id <> row_.structure_id
            UNION SELECT row_.structure_id FROM requested_service AS row_
                JOIN service ON service.id = row_.service_id
                JOIN request ON request.id = row_.request_id
                WHERE service.structure_id <> row_.structure_id
                OR request.structure_id <> row_.structure_id
        """,
    ),
)

_RECORDS = (
    Invariant(
        name="recorded_succession",
        meaning="A structure that replaced another has the change of identifier in its history.",
        statement="""
            SELECT structure.id FROM structure
            WHERE structure.predecessor_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM manager_action WHERE manager_action.structure_id = structure.id
                AND manager_action.action = 'IDENTIFIER_CHANGE'
                AND manager_action.outcome = 'DONE')
        """,
    ),
    Invariant(
        name="recorded_transfer",
        meaning="A membership that came of a transfer has one in the history of its structure.",
        statement="""
            SELECT membership.id FROM membership
            WHERE membership.origin = 'TRANSFER' AND NOT EXISTS (
                SELECT 1 FROM manager_action
                WHERE manager_action.structure_id = membership.structure_id
                AND manager_action.action = 'PRIMARY_MANAGER_TRANSFER'
                AND manager_action.outcome = 'DONE')
        """,
    ),
    Invariant(
        name="whole_idempotency_record",
        meaning="The record of a call that carried a key has the digest of its input.",
        statement="SELECT user_id AS id FROM idempotency_record WHERE length(input_hash) <> 64",
    ),
    Invariant(
        name="foreign_keys",
        meaning="What a row refers to exists.",
        dialect="sqlite",
        statement="SELECT coalesce(rowid, 0) AS id FROM pragma_foreign_key_check",
    ),
)

INVARIANTS: tuple[Invariant, ...] = (
    *_ROLES,
    *_RIGHTS,
    *_REQUESTS,
    *_STRUCTURES,
    *_RECORDS,
    *BANK_ACCOUNTS,
    *MANDATES,
    *HISTORY,
)
