"""Lookups, filters and orders that readings take."""

import inspect

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar, dataclass_transform

import strawberry

from models.areas import AreaCode, AreaMode, AreaScope
from models.bank_accounts import BankAccountStatus
from models.history import ManagerActionOutcome
from models.identifiers import IdentifierType
from models.memberships import MembershipScope, MembershipStatus, Role
from models.policy import Action
from models.requests import RequestKind, RequestStatus
from models.structures import Sector, StructureStatus


Declared = TypeVar("Declared", bound=type)


@dataclass_transform(field_specifiers=(strawberry.field,))
def described_input(*, one_of: bool = False) -> Callable[[Declared], Declared]:
    """Declare an input type whose docstring is its description."""

    def declare(cls: Declared) -> Declared:
        declared: Declared = strawberry.input(cls, one_of=one_of, description=inspect.getdoc(cls))
        return declared

    return declare


def about(description: str) -> Any:
    """Describe an argument."""
    return strawberry.argument(description=description)


def told(description: str, **options: Any) -> Any:
    """Describe a field of an input."""
    return strawberry.field(description=description, **options)


class StructureRelation(StrEnum):
    """Which structures a search looks at, seen from the caller."""

    MINE = "MINE"
    MANAGED = "MANAGED"
    ANY = "ANY"


class OrderDirection(StrEnum):
    """Direction of a sort."""

    ASC = "ASC"
    DESC = "DESC"


class StructureOrderField(StrEnum):
    """What structures can be sorted by."""

    NAME = "NAME"
    IDENTIFIER = "IDENTIFIER"
    CREATED_AT = "CREATED_AT"


class ServiceOrderField(StrEnum):
    """What services can be sorted by."""

    CODE = "CODE"
    NAME = "NAME"


class UserOrderField(StrEnum):
    """What users of a structure or service can be sorted by."""

    NAME = "NAME"
    ROLE = "ROLE"
    CREATED_AT = "CREATED_AT"
    LAST_CONNECTION_AT = "LAST_CONNECTION_AT"


class RequestOrderField(StrEnum):
    """What requests can be sorted by."""

    CREATED_AT = "CREATED_AT"


class LookupReason(StrEnum):
    """Why an identifier found no structure."""

    MALFORMED = "MALFORMED"
    UNKNOWN = "UNKNOWN"


@described_input()
class StructureIdentifierInput:
    """An identifier of any type."""

    type: IdentifierType = told("Kind of the identifier.", default=IdentifierType.SIRET)
    value: str = told("The identifier.")


@described_input(one_of=True)
class StructureLookup:
    """Exactly one way to name a structure."""

    id: strawberry.ID | None = told("Its id.", default=strawberry.UNSET)
    siret: str | None = told("Its SIRET, spaces allowed.", default=strawberry.UNSET)
    identifier: StructureIdentifierInput | None = told(
        "Its identifier of any type.", default=strawberry.UNSET
    )


@described_input(one_of=True)
class UserLookup:
    """Exactly one way to name a user."""

    login: str | None = told("His login ID.", default=strawberry.UNSET)
    user_id: strawberry.ID | None = told("His id.", default=strawberry.UNSET)


@described_input(one_of=True)
class AreaScopeInput:
    """Exactly one scope."""

    whole_structure: bool | None = told(
        "True for all services of the structure; false is refused.", default=strawberry.UNSET
    )
    service_id: strawberry.ID | None = told("One service.", default=strawberry.UNSET)


@described_input(one_of=True)
class StringFilter:
    """Exactly one comparison, without accents and case."""

    equals: str | None = told("The same text.", default=strawberry.UNSET)
    starts_with: str | None = told("Begins with this text.", default=strawberry.UNSET)


@described_input()
class DateTimeRange:
    """A span of time, from included, to excluded."""

    from_: datetime | None = told("Not before.", name="from", default=None)
    to: datetime | None = told("Before.", default=None)


@described_input()
class StructureFilter:
    """Which structures; all conditions must hold."""

    relation: StructureRelation = told(
        "Which structures to look at.", default=StructureRelation.MINE
    )
    identifier: StringFilter | None = told(
        "By identifier; with ANY at least 3 characters.", default=None
    )
    name: StringFilter | None = told("By name; with ANY only the exact name.", default=None)
    identifier_type: list[IdentifierType] | None = told("One of these kinds.", default=None)
    sector: list[Sector] | None = told("One of these sectors.", default=None)
    status: list[StructureStatus] | None = told("One of these statuses.", default=None)
    viewer_role: list[Role] | None = told("Where you have one of these roles.", default=None)


@described_input()
class StructureOrder:
    """How to sort structures."""

    field: StructureOrderField = told("By what.", default=StructureOrderField.NAME)
    direction: OrderDirection = told("In which direction.", default=OrderDirection.ASC)


@described_input()
class ServiceFilter:
    """Which services; all conditions must hold."""

    code: StringFilter | None = told("By code.", default=None)
    name: StringFilter | None = told("By name.", default=None)
    active: bool | None = told("Active ones, or inactive ones.", default=None)


@described_input()
class ServiceOrder:
    """How to sort services."""

    field: ServiceOrderField = told("By what.", default=ServiceOrderField.CODE)
    direction: OrderDirection = told("In which direction.", default=OrderDirection.ASC)


@described_input()
class UserFilter:
    """Which users of a structure; all conditions must hold."""

    role: list[Role] | None = told("With one of these roles.", default=None)
    status: list[MembershipStatus] | None = told(
        "With one of these statuses; by default active and inactive.", default=None
    )
    name: StringFilter | None = told("By displayed name.", default=None)
    login: StringFilter | None = told("By login ID.", default=None)
    service_id: strawberry.ID | None = told("Who reach this service.", default=None)
    area: list[AreaCode] | None = told("With a right on one of these areas.", default=None)
    not_seen_since: datetime | None = told("Who have not connected since, or never.", default=None)


@described_input()
class ServiceUserFilter:
    """Which users of a service; all conditions must hold."""

    via: list[MembershipScope] | None = told(
        "Who reach the service in one of these ways.", default=None
    )
    role: list[Role] | None = told("With one of these roles.", default=None)
    status: list[MembershipStatus] | None = told(
        "With one of these statuses on the service; by default active.", default=None
    )
    area: list[AreaCode] | None = told("With a right on one of these areas here.", default=None)


@described_input()
class UserOrder:
    """How to sort users."""

    field: UserOrderField = told("By what.", default=UserOrderField.NAME)
    direction: OrderDirection = told("In which direction.", default=OrderDirection.ASC)


@described_input()
class MembershipFilter:
    """Which of your memberships; all conditions must hold."""

    role: list[Role] | None = told("With one of these roles.", default=None)
    status: list[MembershipStatus] | None = told(
        "With one of these statuses; by default active and inactive.", default=None
    )


@described_input()
class SubscriptionFilter:
    """Which rights on areas; all conditions must hold."""

    area: list[AreaCode] | None = told("On one of these areas.", default=None)
    mode: list[AreaMode] | None = told("In one of these modes.", default=None)
    scope: list[AreaScope] | None = told("With one of these scopes.", default=None)
    service_id: strawberry.ID | None = told("On this service.", default=None)


@described_input()
class RequestFilter:
    """Which requests; all conditions must hold."""

    kind: list[RequestKind] | None = told("Of one of these kinds.", default=None)
    status: list[RequestStatus] | None = told("In one of these states.", default=None)
    structure_id: strawberry.ID | None = told("On this structure.", default=None)
    area: list[AreaCode] | None = told("For one of these areas.", default=None)
    created_at: DateTimeRange | None = told("Made in this span of time.", default=None)


@described_input()
class RequestOrder:
    """How to sort requests."""

    field: RequestOrderField = told("By what.", default=RequestOrderField.CREATED_AT)
    direction: OrderDirection = told("In which direction.", default=OrderDirection.ASC)


@described_input()
class BankAccountFilter:
    """Which bank accounts."""

    status: list[BankAccountStatus] | None = told(
        "With one of these statuses; by default active.", default=None
    )


@described_input()
class HistoryFilter:
    """Which acts; all conditions must hold."""

    action: list[Action] | None = told("One of these actions.", default=None)
    outcome: list[ManagerActionOutcome] | None = told("With one of these outcomes.", default=None)
    actor_id: strawberry.ID | None = told("Done by this user.", default=None)
    user_id: strawberry.ID | None = told("Concerning this user.", default=None)
    at: DateTimeRange | None = told("Done in this span of time.", default=None)


FILTER = about("Which entries; without it all that the field is for.")
ORDER = about("In which order.")

First = Annotated[
    int | None, strawberry.argument(description="How many from the start, 1 to 100; 25 without it.")
]
After = Annotated[str | None, strawberry.argument(description="Cursor to start after.")]
Last = Annotated[int | None, strawberry.argument(description="How many from the end, 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="Cursor to end before.")]
