"""
Who may read and do what, written by hand from the fact sheets.

Nothing here is taken from the policy table of the models: a test fed by that table would agree
with any mistake in it.
"""

ANONYMOUS = "anonymous"
STRANGER = "stranger"
REQUESTER = "requester"
INACTIVE = "inactive"
SIMPLE = "simple"
SECONDARY = "secondary"
PRIMARY = "primary"
SUPPORT = "support"

EVERYBODY = (ANONYMOUS, STRANGER, REQUESTER, INACTIVE, SIMPLE, SECONDARY, PRIMARY, SUPPORT)
SIGNED_IN = set(EVERYBODY) - {ANONYMOUS}
MANAGERS = {SECONDARY, PRIMARY}
MEMBERS = MANAGERS | {SIMPLE}
OFFICE = MANAGERS | {SUPPORT}
INSIDE = MEMBERS | {SUPPORT}

PRIVATE, PUBLIC, RETIRED = "private", "public", "retired"
KINDS = (PRIVATE, PUBLIC, RETIRED)

CARD = ("id", "identifierType", "identifier", "name", "sector", "status")
"""For every signed-in user, of any structure; for everybody, of public ones."""

GENERAL = {PRIVATE: INSIDE, PUBLIC: set(EVERYBODY), RETIRED: INSIDE}
STRUCTURE_FIELDS: dict[str, dict[str, set[str]]] = {
    "general { label }": GENERAL,
    "predecessor { name }": GENERAL,
    "successor { name }": GENERAL,
    "version": GENERAL,
    "createdAt": GENERAL,
    "updatedAt": GENERAL,
    "deactivatedAt": GENERAL,
    "services { nodes { code } }": GENERAL,
    "primaryManager { displayName maskedLogin }": {
        PRIVATE: INSIDE | {REQUESTER},
        PUBLIC: INSIDE | {REQUESTER},
        RETIRED: INSIDE,
    },
    "openedAreas { mode }": dict.fromkeys(KINDS, INSIDE),
    "users { nodes { role } }": dict.fromkeys(KINDS, OFFICE),
    "applicationsUsed": dict.fromkeys(KINDS, OFFICE),
    "firstPaymentAt": dict.fromkeys(KINDS, OFFICE),
    "connectionRequests { nodes { status } }": dict.fromkeys(KINDS, OFFICE),
    "subscriptionRequests { nodes { status } }": dict.fromkeys(KINDS, OFFICE),
    "pendingCounts { connectionRequests }": dict.fromkeys(KINDS, OFFICE),
    "history { nodes { action } }": dict.fromkeys(KINDS, OFFICE),
    "invoicingMandate { status subscribedBy { displayName } }": dict.fromkeys(KINDS, OFFICE),
    "bankAccounts { nodes { label maskedIban } }": dict.fromkeys(KINDS, MEMBERS),
    "bankAccounts { nodes { iban } }": dict.fromkeys(KINDS, MANAGERS),
    "bankAccounts { nodes { bic holderName } }": dict.fromkeys(KINDS, MANAGERS),
    "bankAccounts { nodes { factorName factorIdentifier } }": dict.fromkeys(KINDS, MANAGERS),
}

NODES: dict[str, set[str]] = {
    "structure": SIGNED_IN,
    "public structure": set(EVERYBODY),
    "public service": set(EVERYBODY),
    "service": INSIDE,
    "idle public service": INSIDE,
    "opening": INSIDE,
    "membership of another user": OFFICE,
    "membership of the simple user": OFFICE | {SIMPLE},
    "service user of the simple user": OFFICE | {SIMPLE},
    "right of the simple user": OFFICE | {SIMPLE},
    "right of the secondary manager": OFFICE,
    "simple user": OFFICE | {SIMPLE},
    "requester": OFFICE | {REQUESTER},
    "stranger": {SUPPORT, STRANGER},
    "request of the requester": OFFICE | {REQUESTER},
    "subscription request of the simple user": OFFICE | {SIMPLE},
    "act of the secondary manager": OFFICE,
    "bank account": MEMBERS,
    "mandate": OFFICE,
}
"""Which objects `node` gives to whom; to all others it is null."""

WITHOUT_RIGHT, CONSULTING, MODIFYING = "without right", "consulting", "modifying"
INVOICING = (WITHOUT_RIGHT, CONSULTING, MODIFYING)
"""Structures with a mandate, whose members have this right on the area of issued invoices."""

DECISIONS: dict[str, dict[str, set[str]]] = {
    "BANK_ACCOUNT_LIST": {WITHOUT_RIGHT: MANAGERS, CONSULTING: MEMBERS, MODIFYING: MEMBERS},
    "BANK_ACCOUNT_READ": dict.fromkeys((*KINDS, *INVOICING), MANAGERS),
    "INVOICE_INPUT": {WITHOUT_RIGHT: set(), CONSULTING: set(), MODIFYING: MEMBERS},
    "INVOICE_ISSUE": {WITHOUT_RIGHT: set(), CONSULTING: set(), MODIFYING: MEMBERS},
}
"""Whom `Structure.viewerCan` tells that he may; for what no other table tells of everybody."""

LEAVING: dict[str, set[str]] = {
    "membership of another user": {SECONDARY},
    "membership of the simple user": {SIMPLE},
}
"""Whom a membership tells that he may leave by it: the act itself finds one's own only."""

CONTACTS: dict[str, set[str]] = {
    "primary manager": OFFICE,
    "simple user": OFFICE | {SIMPLE},
    "requester": OFFICE | {REQUESTER},
}
"""Who reads login, email, phone, status and last connection of whom."""

EXPLAINED = SIGNED_IN
"""Who may ask why something is allowed or not."""

DONE, NOWHERE, HERE, UNKNOWN = "done", "forbidden anywhere", "forbidden here", "not found"
"""
What becomes of a mutation.

Nobody who holds an action nowhere gets further than the field; who holds it elsewhere is told
that he may not do it here, if he sees the target, and that there is none, if he does not.
"""

MUTATIONS: dict[str, dict[str, str]] = {
    "createStructure": {
        ANONYMOUS: NOWHERE,
        STRANGER: DONE,
        REQUESTER: DONE,
        INACTIVE: DONE,
        SIMPLE: DONE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: DONE,
    },
    "validateConnectionRequests": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "refuseConnectionRequests": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "validateSubscriptionRequests": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "refuseSubscriptionRequests": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "requestSubscription": {
        ANONYMOUS: NOWHERE,
        STRANGER: HERE,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: DONE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "requestConnection": {
        ANONYMOUS: NOWHERE,
        STRANGER: DONE,
        REQUESTER: "CONFLICT",
        INACTIVE: DONE,
        SIMPLE: "ALREADY_CONNECTED",
        SECONDARY: "ALREADY_CONNECTED",
        PRIMARY: "ALREADY_CONNECTED",
        SUPPORT: NOWHERE,
    },
    "cancelRequests": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: DONE,
        INACTIVE: UNKNOWN,
        SIMPLE: UNKNOWN,
        SECONDARY: HERE,
        PRIMARY: HERE,
        SUPPORT: HERE,
    },
    "updateStructure": {
        ANONYMOUS: NOWHERE,
        STRANGER: HERE,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: DONE,
    },
    "deactivateStructures": {
        ANONYMOUS: NOWHERE,
        STRANGER: NOWHERE,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: NOWHERE,
        PRIMARY: NOWHERE,
        SUPPORT: DONE,
    },
    "reactivateStructures": {
        ANONYMOUS: NOWHERE,
        STRANGER: NOWHERE,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: NOWHERE,
        PRIMARY: NOWHERE,
        SUPPORT: DONE,
    },
    "transferPrimaryManager": {
        ANONYMOUS: NOWHERE,
        STRANGER: HERE,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: NOWHERE,
        PRIMARY: DONE,
        SUPPORT: DONE,
    },
    "changeIdentifier": {
        ANONYMOUS: NOWHERE,
        STRANGER: HERE,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: DONE,
    },
    "createService": {
        ANONYMOUS: NOWHERE,
        STRANGER: HERE,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "updateService": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "deactivateService": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "reactivateService": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "enableServiceUsers": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "disableServiceUsers": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "setMembershipScope": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "openAreas": {
        ANONYMOUS: NOWHERE,
        STRANGER: HERE,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "closeAreas": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "setSubscriptions": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "endSubscriptions": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: UNKNOWN,
        INACTIVE: UNKNOWN,
        SIMPLE: DONE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: HERE,
    },
    "addBankAccount": {
        ANONYMOUS: NOWHERE,
        STRANGER: HERE,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "closeBankAccount": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "setDefaultBankAccount": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "attachUsers": {
        ANONYMOUS: NOWHERE,
        STRANGER: HERE,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "appointSecondaryManager": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: NOWHERE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "revokeSecondaryManager": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: NOWHERE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "leaveStructures": {
        ANONYMOUS: NOWHERE,
        STRANGER: "CONFLICT",
        REQUESTER: "CONFLICT",
        INACTIVE: DONE,
        SIMPLE: DONE,
        SECONDARY: DONE,
        PRIMARY: "PRIMARY_MUST_TRANSFER",
        SUPPORT: "CONFLICT",
    },
    "duplicateRights": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "deactivateMemberships": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: DONE,
    },
    "reactivateMemberships": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: HERE,
    },
    "deleteMemberships": {
        ANONYMOUS: NOWHERE,
        STRANGER: UNKNOWN,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: HERE,
    },
    "subscribeMandate": {
        ANONYMOUS: NOWHERE,
        STRANGER: HERE,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: DONE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
    "revokeMandate": {
        ANONYMOUS: NOWHERE,
        STRANGER: HERE,
        REQUESTER: NOWHERE,
        INACTIVE: NOWHERE,
        SIMPLE: NOWHERE,
        SECONDARY: NOWHERE,
        PRIMARY: DONE,
        SUPPORT: NOWHERE,
    },
}
"""The stranger is primary manager of a structure of his own."""
