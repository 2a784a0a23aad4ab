"""The creation of a structure: who it is, its first manager, and what it has from the start."""

import re

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.areas import AreaCode, AreaMode, StructureArea
from models.base import Model, sort_key
from models.errors import ErrorCode, Invalid, RuleRefused
from models.general_block import structure_name
from models.identifiers import IdentifierType, normalise_identifier
from models.memberships import Membership, MembershipOrigin, MembershipScope, Role
from models.services import RESERVED_CODE, Service
from models.structures import ApplicationCode, Sector, Structure, StructureApplication


OPENED_AT_CREATION = (
    AreaCode.ISSUED_INVOICES,
    AreaCode.RECEIVED_INVOICES,
    AreaCode.RECEIVED_REQUESTS,
)
"""Areas that a public structure has opened from the start (domain.md 4)."""

EARLIEST_BIRTH = date(1900, 1, 1)
LONGEST_LAST_NAME, LONGEST_FIRST_NAME = 40, 30
INDIVIDUAL_IDENTIFIER = re.compile(
    rf"[A-Z0-9]{{1,{LONGEST_LAST_NAME}}}-[A-Z0-9]{{1,{LONGEST_FIRST_NAME}}}"
    r"-\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
)
"""What `individual` makes of last name, first name and day of birth."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a structure is: its identifier as it is stored, and its name."""

    kind: IdentifierType
    identifier: str
    name: str


def legal_entity(kind: IdentifierType, value: str, name: str, *, checksum: bool) -> Identity:
    """
    Give the identity of a legal entity (domain.md 1.2); *checksum* as in `normalise_identifier`.

    Raises:
        Invalid: the identifier is malformed or a private person's, or the name is; *field* is the
            path below the entity.
    """
    if kind == IdentifierType.INDIVIDUAL:
        message = "The identifier of a private person is made from name and date of birth."
        expected = "another type, or an individual instead of a legal entity"
        raise Invalid(message, expected=expected, field=("identifier", "type"))
    try:
        identifier = normalise_identifier(kind, value, checksum=checksum)
    except Invalid as refused:
        raise refused.at("identifier", "value") from None
    return Identity(kind, identifier, _checked_name(name, "name"))


def individual(last_name: str, first_name: str, birth_date: date, today: date) -> Identity:
    """
    Give the identity of a private person: last name, first name and day of birth (domain.md 1.2).

    Raises:
        Invalid: a name has no Latin letter, or the day cannot be true; *field* names the value.
    """
    last, first = _checked_name(last_name, "lastName"), _checked_name(first_name, "firstName")
    if not EARLIEST_BIRTH <= birth_date <= today:
        message = "Nobody was born on this day."
        expected = f"a day from {EARLIEST_BIRTH.isoformat()} to {today.isoformat()}"
        raise Invalid(message, expected=expected, field=("birthDate",))
    parts = (
        _letters(last, "lastName")[:LONGEST_LAST_NAME],
        _letters(first, "firstName")[:LONGEST_FIRST_NAME],
        f"{birth_date:%Y%m%d}",
    )
    return Identity(IdentifierType.INDIVIDUAL, "-".join(parts), f"{last} {first}")


def _checked_name(written: str, field: str) -> str:
    try:
        name = structure_name(written)
    except Invalid as refused:
        raise refused.at(field) from None
    return name


def _letters(name: str, field: str) -> str:
    letters = re.sub(r"[^A-Z0-9]", "", sort_key(name).upper())
    if not letters:
        message = "The identifier is made from the name, which has no Latin letter."
        raise Invalid(message, expected="Latin letters, with or without accents", field=(field,))
    return letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """
    The creation of a structure (domain.md 3.2).

    *general* are columns of the general block. *manager_id* becomes the primary manager; *origin*
    tells whether he created it himself.
    """

    identity: Identity
    sector: Sector
    general: Mapping[str, Any]
    manager_id: int
    origin: MembershipOrigin

    def check(self, *, by_support: bool) -> None:
        """
        Refuse what may not be created.

        Raises:
            RuleRefused: CONTACT_SUPPORT, a public structure or a local authority not *by_support*;
                LAST_REQUIRED_SERVICE, invoices must name a service and there is none yet.
            Invalid: a public structure without a SIRET.
        """
        support_only: dict[tuple[str, ...], bool] = {
            ("sector",): self.sector == Sector.PUBLIC,
            ("general", "localAuthority"): bool(self.general.get("local_authority")),
        }
        for field, asked in support_only.items():
            if asked and not by_support:
                message = "Only the platform's support creates this: ask it."
                raise RuleRefused(ErrorCode.CONTACT_SUPPORT, message, field=field)
        if self.sector == Sector.PUBLIC and self.identity.kind != IdentifierType.SIRET:
            message = "Identifiers of other types are for suppliers."
            raise Invalid(message, expected="PRIVATE, or a SIRET", field=("sector",))
        if self.general.get("service_code_required"):
            message = "Invoices can name a service once there is an active one: add it first."
            field = ("general", "serviceCodeRequired")
            raise RuleRefused(ErrorCode.LAST_REQUIRED_SERVICE, message, field=field)

    @property
    def opened(self) -> list[tuple[AreaCode, AreaMode]]:
        """The areas that are opened from the start, besides those that everyone has by himself."""
        areas = OPENED_AT_CREATION if self.sector == Sector.PUBLIC else ()
        return [(area, AreaMode.MODIFICATION) for area in areas]

    def card(self, now: datetime) -> Structure:
        """Make the card."""
        identity = self.identity
        return Structure(
            identifier_type=identity.kind,
            identifier=identity.identifier,
            name=identity.name,
            name_key=sort_key(identity.name),
            sector=self.sector,
            created_at=now,
            updated_at=now,
            **self.general,
        )

    def membership(self, structure_id: int, now: datetime) -> Membership:
        """Make the connection of the primary manager."""
        return Membership(
            structure_id=structure_id,
            user_id=self.manager_id,
            role=Role.PRIMARY_MANAGER,
            scope=MembershipScope.ALL_SERVICES,
            origin=self.origin,
            created_at=now,
            updated_at=now,
        )

    def belongings(self, structure_id: int, now: datetime) -> list[Model]:
        """Make what it has from the start: the application, and what is a public structure's."""
        born = {"structure_id": structure_id, "created_at": now, "updated_at": now}
        application = StructureApplication(
            structure_id=structure_id, code=ApplicationCode.PAYMENT_REQUEST, added_at=now
        )
        if self.sector != Sector.PUBLIC:
            return [application]
        name = "Factures publiques"
        reserved = Service(code=RESERVED_CODE, name=name, name_key=sort_key(name), **born)
        opened = [
            StructureArea(area=area, mode=mode, opened_at=now, **born) for area, mode in self.opened
        ]
        return [application, reserved, *opened]
