"""What must be true of bank accounts at every commit."""

from models.invariant import Invariant


BANK_ACCOUNTS = (
    Invariant(
        name="one_default_bank_account",
        meaning="A structure proposes at most one bank account first, and an active one.",
        statement="""
            SELECT min(id) AS id FROM bank_account WHERE is_default
            GROUP BY structure_id HAVING count(*) > 1
            UNION SELECT id FROM bank_account WHERE is_default AND status <> 'ACTIVE'
        """,
    ),
    Invariant(
        name="one_active_iban",
        meaning="A structure has at most one active bank account with an IBAN.",
        statement="""
            SELECT min(id) AS id FROM bank_account WHERE status = 'ACTIVE'
            GROUP BY structure_id, iban HAVING count(*) > 1
        """,
    ),
    Invariant(
        name="normalised_iban",
        meaning="IBAN and BIC are stored without spaces, in upper case.",
        statement="""
            SELECT id FROM bank_account WHERE iban <> upper(iban) OR iban LIKE '% %'
            OR length(iban) < 15 OR bic <> upper(bic) OR length(bic) NOT IN (8, 11)
        """,
    ),
    Invariant(
        name="bank_details_are_kept",
        meaning="The database itself refuses to change bank details.",
        dialect="postgresql",
        statement="""
            SELECT 0 AS id WHERE NOT EXISTS (
                SELECT 1 FROM pg_trigger WHERE tgname = 'bank_account_never_edited'
                AND tgrelid = 'bank_account'::regclass AND tgenabled IN ('O', 'A'))
        """,
    ),
    Invariant(
        name="bank_details_are_kept",
        meaning="The database itself refuses to change bank details.",
        dialect="sqlite",
        statement="""
            SELECT 0 AS id WHERE NOT EXISTS (
                SELECT 1 FROM sqlite_schema WHERE type = 'trigger'
                AND name = 'bank_account_never_edited')
        """,
    ),
)
