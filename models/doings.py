"""What may be done by whom: the rows of the policy that guard mutations."""

from models.access import (
    MANAGERS,
    MEMBERS,
    SELF,
    SIGNED_IN,
    SUPPORT,
    AccessRole,
    Action,
    Rule,
    doing,
)


DOINGS: tuple[Rule, ...] = (
    doing(
        Action.CONNECTION_REQUEST_SUBMIT,
        SIGNED_IN,
        "any signed-in user but support",
        "account HUMAN and ACTIVE; structure ACTIVE; not yet connected in that scope",
        "domain 2.2 r21, 3.3; sheet D",
        barred=SUPPORT,
    ),
    doing(
        Action.REQUEST_CANCEL,
        SELF,
        "the requester",
        "request PENDING",
        "domain 2.2 r21, 3.3, 3.7",
    ),
    doing(
        Action.CONNECTION_REQUEST_DECIDE,
        MANAGERS,
        "primary or secondary manager",
        "membership ACTIVE; not an own request, unless primary manager",
        "domain 2.2 r12, 3.3; sheet D",
    ),
    doing(
        Action.SUBSCRIPTION_REQUEST_SUBMIT,
        MEMBERS,
        "member of the structure",
        "membership ACTIVE; area opened in that scope and mode",
        "domain 2.2 r21, 3.7; sheet E",
    ),
    doing(
        Action.SUBSCRIPTION_REQUEST_DECIDE,
        MANAGERS,
        "primary or secondary manager",
        "membership ACTIVE; not an own request, unless primary manager",
        "domain 2.2 r12, 3.7; sheet E",
    ),
    doing(
        Action.STRUCTURE_CREATE,
        SIGNED_IN | SUPPORT,
        "any signed-in user",
        "account HUMAN and ACTIVE; PUBLIC: support only",
        "domain 2.2 r4-r5, 3.2",
    ),
    doing(
        Action.STRUCTURE_UPDATE,
        MANAGERS | SUPPORT,
        "primary or secondary manager, support",
        "structure ACTIVE; local authority: support only",
        "domain 2.2 r6; sheet B",
    ),
    doing(
        Action.STRUCTURE_DEACTIVATE,
        SUPPORT,
        "support",
        "a reason; to reactivate: what it replaced and what replaced it INACTIVE",
        "domain 2.2 r5, 3.12; S31",
    ),
    doing(
        Action.PRIMARY_MANAGER_TRANSFER,
        frozenset({AccessRole.PRIMARY_MANAGER}) | SUPPORT,
        "primary manager, support",
        "structure ACTIVE, or support; support gives a reason",
        "domain 2.2 r17, 3.8; sheet F",
    ),
    doing(
        Action.IDENTIFIER_CHANGE,
        MANAGERS | SUPPORT,
        "primary or secondary manager, support",
        "structure ACTIVE; local authority: support only",
        "domain 2.2 r18, 3.11; S5; sheet G",
    ),
    doing(
        Action.SERVICE_MANAGE,
        MANAGERS,
        "primary or secondary manager",
        "structure ACTIVE; not FACTURES_PUBLIQUES, which is the platform's",
        "domain 2.2 r8, 3.14; sheet B",
    ),
    doing(
        Action.SERVICE_USER_MANAGE,
        MANAGERS,
        "primary or secondary manager",
        "the user is a simple user; to widen: structure and membership ACTIVE",
        "domain 1.4, 2.2 r8; sheet B",
    ),
    doing(
        Action.OPENED_AREA_MANAGE,
        MANAGERS,
        "primary or secondary manager",
        "structure ACTIVE to open; not a default area; the area's restriction is met",
        "domain 2.2 r7, 3.6; sheet B",
    ),
    doing(
        Action.SUBSCRIPTION_SET,
        MANAGERS,
        "primary or secondary manager",
        "structure and membership ACTIVE; within the opening's mode; another manager's: primary"
        " manager only",
        "domain 2.2 r15b, 3.7; sheet B",
    ),
    doing(
        Action.SUBSCRIPTION_END,
        MANAGERS | SELF,
        "primary or secondary manager, the user himself",
        "another manager's: primary manager only; the user himself: ISSUED_INVOICES, by"
        " self-service",
        "domain 2.2 r15b, 3.7; S7",
    ),
    doing(
        Action.BANK_ACCOUNT_MANAGE,
        MANAGERS,
        "primary or secondary manager",
        "membership ACTIVE; structure ACTIVE, except to close",
        "domain 2.2 r9, 3.15; sheet B",
    ),
    doing(
        Action.USER_ATTACH,
        MANAGERS,
        "primary or secondary manager",
        "structure ACTIVE; account HUMAN and ACTIVE; not connected yet",
        "domain 2.2 r13, 3.4; sheet B",
    ),
    doing(
        Action.SECONDARY_MANAGER_APPOINT,
        frozenset({AccessRole.PRIMARY_MANAGER}),
        "primary manager",
        "structure and membership ACTIVE, account HUMAN and ACTIVE, to appoint",
        "domain 2.2 r16, 3.10; sheet B",
    ),
    doing(
        Action.MEMBERSHIP_DEACTIVATE,
        MANAGERS | SUPPORT,
        "primary or secondary manager, support",
        "secondary manager's: primary manager or support only; primary manager's: never; support"
        " gives a reason",
        "domain 2.2 r13-r15, 3.5; sheet B",
    ),
    doing(
        Action.MEMBERSHIP_REACTIVATE,
        MANAGERS | SUPPORT,
        "primary or secondary manager, support",
        "account not DEACTIVATED; secondary manager's: primary manager or support only; simple"
        " user's: managers only; support gives a reason",
        "domain 2.2 r13-r14, 3.5; sheet B",
    ),
    doing(
        Action.MEMBERSHIP_DELETE,
        MANAGERS | SUPPORT,
        "primary or secondary manager, support",
        "secondary manager's: primary manager or support only; simple user's: managers only;"
        " primary manager's: never; support gives a reason",
        "domain 2.2 r13-r15, 3.5; sheet B",
    ),
    doing(
        Action.MEMBERSHIP_LEAVE,
        SELF,
        "the user himself",
        "not the primary manager",
        "domain 2.2 r21, 3.5",
    ),
    doing(
        Action.SUBSCRIPTION_DUPLICATE,
        MANAGERS,
        "primary or secondary manager",
        "structure ACTIVE; both memberships on it; to simple users, whose membership is ACTIVE",
        "domain 3.4",
    ),
)
