"""What must be true of invoicing mandates at every commit."""

from models.invariant import Invariant


MANDATES = (
    Invariant(
        name="one_active_mandate",
        meaning="A structure has at most one active invoicing mandate.",
        statement="""
            SELECT min(id) AS id FROM invoicing_mandate WHERE status = 'ACTIVE'
            GROUP BY structure_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        name="revoked_mandate",
        meaning="A mandate has who revoked it, and when, exactly when it is revoked.",
        statement="""
            SELECT id FROM invoicing_mandate WHERE (status = 'REVOKED') <> (revoked_at IS NOT NULL)
            OR (revoked_at IS NULL) <> (revoked_by_id IS NULL) OR revoked_at < subscribed_at
        """,
    ),
    Invariant(
        name="recorded_mandate",
        meaning="An invoicing mandate has its subscription, and its end, in the history.",
        statement="""
            SELECT mandate.id FROM invoicing_mandate AS mandate LEFT JOIN manager_action
                ON manager_action.target_type = 'INVOICING_MANDATE'
                AND manager_action.target_id = mandate.id AND manager_action.outcome = 'DONE'
            GROUP BY mandate.id, mandate.status HAVING count(manager_action.id) <>
                CASE WHEN mandate.status = 'REVOKED' THEN 2 ELSE 1 END
        """,
    ),
)
