"""The words of the models as the API publishes them, each with its meaning."""

from models.accounts import PlatformRole, UserKind, UserStatus
from models.areas import AreaCode, AreaMode, AreaScope
from models.bank_accounts import BankAccountStatus
from models.errors import ErrorCode
from models.history import ManagerActionOutcome
from models.identifiers import IdentifierType
from models.mandates import MandateStatus
from models.memberships import MembershipOrigin, MembershipScope, MembershipStatus, Role
from models.requests import RequestKind, RequestStatus
from models.structures import ApplicationCode, Sector, StructureStatus
from resolvers.inputs import (
    LookupReason,
    OrderDirection,
    RequestOrderField,
    ServiceOrderField,
    StructureOrderField,
    StructureRelation,
    UserOrderField,
)
from resolvers.tabs import AreaTabReason
from schema.fields import described


described(
    AreaCode,
    HOME="Logged-in homepage: shown to everyone who is signed in.",
    MANAGER_ACTIVITIES="Manager activities: shown to primary and secondary managers only.",
    ICT_REFUNDS="ICT refunds request: claims for the refund of the domestic consumption tax.",
    COMMITMENTS="Commitments: markets and purchase orders with the State, after a first payment.",
    INVOICES_TO_VALIDATE="Invoices to validate: requests of subcontractors and co-contractors.",
    WORK_INVOICES="Work invoices: documents exchanged under CCAG Travaux.",
    ISSUED_INVOICES="Issued invoices: deposit, entry and archive of simple invoices.",
    RECEIVED_INVOICES="Received invoices: for public structures.",
    JUSTICE_COSTS="Justice costs invoice: services ordered by the judicial authority.",
    EDI_API_CONNECTIONS="EDI and API connections: technical connection of management tools.",
    SENT_REQUESTS="Sent requests: help from the support or an answer from a client.",
    RECEIVED_REQUESTS="Received requests: for public structures.",
    DATA_FLOW_OVERVIEW="Data flow overview: follow-up of flows that the structure sent itself.",
    MY_ACCOUNT="My account: own data, connections and requests, for everyone who is signed in.",
)
described(
    AreaMode,
    CONSULTATION="Read only.",
    MODIFICATION="Read and write; needed to issue or submit invoices.",
)
described(
    AreaScope,
    STRUCTURE="All services of the structure.",
    SERVICE="One service only.",
)
described(
    IdentifierType,
    SIRET="French establishment number of 14 digits.",
    EU_VAT="VAT number of another member state of the European Union.",
    NON_EU="Identifier of a company outside the European Union.",
    RIDET="Identifier of New Caledonia.",
    TAHITI="Identifier of French Polynesia.",
    OTHER="Structure that is still being registered.",
    INDIVIDUAL="Private person.",
)
described(
    Sector,
    PRIVATE="Private company or person.",
    PUBLIC="Public entity.",
)
described(
    StructureStatus,
    ACTIVE="In use.",
    INACTIVE="Disabled; earlier invoices can still be viewed and processed.",
)
described(
    ApplicationCode,
    PAYMENT_REQUEST="Payment request; added by itself, and needed to issue an invoice.",
)
described(
    Role,
    PRIMARY_MANAGER="Primary manager: exactly one per active structure, by default its creator.",
    SECONDARY_MANAGER="Secondary manager, appointed by the primary manager.",
    SIMPLE_USER="Simple user, attached to the structure for which invoices are issued.",
)
described(
    MembershipStatus,
    ACTIVE="Grants what its role and rights say.",
    INACTIVE="Keeps services and rights, but grants nothing.",
    DELETED="Ended for good; a new request starts from nothing.",
)
described(
    MembershipScope,
    ALL_SERVICES="Every service, present and future; always so for managers.",
    LISTED="Only the services that are listed on the membership.",
)
described(
    MembershipOrigin,
    CREATOR="The user created the structure.",
    REQUEST="A connection request was validated.",
    MANAGER="A manager attached the user.",
    TRANSFER="The role of primary manager was transferred to the user.",
    IDENTIFIER_CHANGE="Copied when the structure's identifier changed.",
    SUPPORT="Made by the platform's support.",
)
described(
    RequestStatus,
    PENDING="Waits for a manager's decision.",
    VALIDATED="Accepted by a manager.",
    REFUSED="Refused by a manager, with a reason.",
    CANCELLED="Withdrawn by the requester, or ended with the structure, the area or the account.",
    EXPIRED="Not decided within 90 days.",
)
described(
    RequestKind,
    CONNECTION="A request to be connected to a structure.",
    SUBSCRIPTION="A request for a right on an area.",
)
described(
    UserKind,
    HUMAN="A person.",
    TECHNICAL="A program.",
)
described(
    UserStatus,
    PENDING_ACTIVATION="Registered, but not activated yet.",
    ACTIVE="Can sign in.",
    DEACTIVATED="Cannot sign in.",
)
described(
    PlatformRole,
    NONE="An ordinary user.",
    SUPPORT="The platform's own staff.",
)
described(
    ErrorCode,
    INVALID="A value is missing, too long, malformed or of the wrong kind.",
    FORBIDDEN="You see the target, but you may not do this to it.",
    NOT_FOUND="There is no such object, or you may not know of it.",
    CONFLICT="The act clashes with the present state, or needs a confirmation.",
    STALE_VERSION="The object changed since you read it.",
    IDEMPOTENCY_MISMATCH="The idempotency key was used with another input.",
    LIMIT="Too many items in one call.",
    TOO_MANY_REQUESTS="Tried too often; wait.",
    CONFIRMATION_REQUIRED="It needs an explicit confirmation, in the argument that is named.",
    CONTACT_SUPPORT="Only the platform's support may do it here.",
    USER_NOT_ELIGIBLE="No active personal account has this login or id.",
    USER_INACTIVE="The account of this user is deactivated.",
    REQUESTER_INACTIVE="The requester's account is deactivated; the request is cancelled.",
    REQUEST_ALREADY_DECIDED="The request is no longer pending.",
    SELF_DECISION="Nobody decides his own request.",
    ALREADY_CONNECTED="The user is already connected to the structure.",
    ALREADY_SUBSCRIBED="The user already has this right.",
    PRIMARY_MUST_TRANSFER="The primary manager must transfer the role first.",
    TRANSFER_TO_SELF="The successor is the present primary manager.",
    STRUCTURE_EXISTS="A structure with this identifier exists.",
    STRUCTURE_INACTIVE="The structure is inactive.",
    SERVICE_INACTIVE="The service is inactive.",
    APPLICATION_LOCKED="This application is needed and stays.",
    LAST_REQUIRED_SERVICE="Invoices must name a service, and no other one would be active.",
    AREA_NOT_OPENED="The area is not opened in this scope and mode.",
    AREA_NOT_AVAILABLE="The structure does not meet the area's restriction.",
    AREA_NOT_YET_AVAILABLE="The area's condition is not met yet.",
    AREA_IS_DEFAULT="This area is always there: it is neither opened, closed nor requested.",
    BANK_ACCOUNT_REQUIRED="This kind of structure must keep a bank account.",
    MANDATE_REQUIRED="The structure has no active invoicing mandate.",
)
described(
    MandateStatus,
    ACTIVE="Users may use the Input invoice mode.",
    REVOKED="The Input invoice mode is closed again.",
)
described(
    BankAccountStatus,
    ACTIVE="Can be chosen when invoicing.",
    CLOSED="Kept for the record only.",
)
described(
    ManagerActionOutcome,
    DONE="It was done.",
    REFUSED="A rule refused it.",
)
described(
    StructureRelation,
    MINE="Structures where the caller has an active or inactive membership.",
    MANAGED="Structures where the caller is primary or secondary manager.",
    ANY="Every structure, as cards; needs an identifier or a name.",
)
described(OrderDirection, ASC="Smallest first.", DESC="Largest first.")
described(
    StructureOrderField,
    NAME="Name, without accents and case.",
    IDENTIFIER="Identifier.",
    CREATED_AT="Date of creation; cards whose general block you may not read come last.",
)
described(ServiceOrderField, CODE="Service code.", NAME="Name, without accents and case.")
described(
    UserOrderField,
    NAME="Displayed name, without accents and case.",
    ROLE="Role, primary manager first.",
    CREATED_AT="Date of the membership.",
    LAST_CONNECTION_AT="Date of the user's last connection; those who never connected come first.",
)
described(RequestOrderField, CREATED_AT="Date of the request.")
described(
    LookupReason,
    MALFORMED="It breaks the rules of its type.",
    UNKNOWN="No structure that you may know of has it.",
)
described(
    AreaTabReason,
    NO_MEMBERSHIP="You are not connected to any structure yet: request a connection first.",
    NO_MANAGER_ROLE="You are neither primary nor secondary manager of a structure.",
    AREA_NOT_OPENED="No manager has opened this area on your structure.",
    NOT_SUBSCRIBED="The area is opened, but you have no right on it: request a subscription.",
    REQUEST_PENDING="Your subscription request waits for a manager's decision.",
    NOT_YET_AVAILABLE="The area is opened, but its condition is not met yet.",
)
