"""What must be true of the history at every commit."""

from models.invariant import Invariant


HISTORY = (
    Invariant(
        name="append_only_history",
        meaning="The database itself refuses to change the history.",
        dialect="postgresql",
        statement="""
            SELECT 0 AS id WHERE NOT EXISTS (
                SELECT 1 FROM pg_trigger WHERE tgname = 'manager_action_append_only'
                AND tgrelid = 'manager_action'::regclass AND tgenabled IN ('O', 'A'))
        """,
    ),
    Invariant(
        name="append_only_history",
        meaning="The database itself refuses to change the history.",
        dialect="sqlite",
        statement="""
            SELECT 0 AS id WHERE 2 <> (
                SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'
                AND name IN ('manager_action_no_update', 'manager_action_no_delete'))
        """,
    ),
    Invariant(
        name="counted_refusals",
        meaning="What was done was done once; what was refused was refused to somebody, and counted.",
        statement="""
            SELECT id FROM manager_action
            WHERE (outcome = 'DONE' AND (count <> 1 OR refusal IS NOT NULL))
            OR (outcome = 'REFUSED' AND (count < 1 OR actor_id IS NULL))
        """,
    ),
)
