"""The change of a structure's identifier: a new card succeeds the old one (domain.md 3.11)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CTE, ColumnElement, or_, select

from models.accounts import User
from models.areas import AreaCode
from models.errors import ConfirmationRequired, ErrorCode, Invalid, RuleRefused
from models.founding import INDIVIDUAL_IDENTIFIER
from models.identifiers import EXPECTED, IdentifierType, normalise_identifier, siren
from models.records import columns
from models.structures import Structure, StructureStatus


OWN_TO_EACH_CARD = frozenset(
    {
        "id",
        "identifier",
        "predecessor_id",
        "status",
        "deactivated_at",
        "created_at",
        "updated_at",
        "version",
        # The farmer asks for a new number under the new SIRET.
        "pacage_number",
        # Invoices stay on the old card, and this is the date of one of them.
        "first_payment_at",
    }
)
"""What a successor does not take over from the card that it replaces."""


class FollowUpKind(StrEnum):
    """What does not follow a structure to its new identifier, and must be redone."""

    INVOICING_MANDATE = "INVOICING_MANDATE"
    TECHNICAL_ACCOUNT = "TECHNICAL_ACCOUNT"
    EDI_DATA = "EDI_DATA"
    PACAGE_NUMBER = "PACAGE_NUMBER"


FOLLOW_UPS = {
    FollowUpKind.INVOICING_MANDATE: "Subscribe to the invoicing mandate again: no invoice can be"
    " entered on line without it.",
    FollowUpKind.TECHNICAL_ACCOUNT: "Create the technical account again, and give your tools its"
    " password.",
    FollowUpKind.EDI_DATA: "Ask for the EDI or API connection again.",
    FollowUpKind.PACAGE_NUMBER: "Enter the PACAGE number of the new SIRET.",
}
"""The same in sentences."""


def successions(named: ColumnElement[bool]) -> CTE:
    """
    Select every card of the successions of the structures that *named* says, however long they are.

    `card_id` is the one that is named, `id` a card of its succession, itself included.
    """
    start = select(Structure.id.label("card_id"), Structure.id, Structure.predecessor_id)
    row = start.where(named).cte("succession", recursive=True)
    beside = or_(Structure.predecessor_id == row.c.id, Structure.id == row.c.predecessor_id)
    return row.union(
        select(row.c.card_id, Structure.id, Structure.predecessor_id).join(row, beside)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierChange:
    """What is asked: *value* of *kind*; *confirmed* that another legal entity is meant."""

    kind: IdentifierType
    value: str
    confirmed: bool = False

    def identifier_for(self, card: Structure, *, by_support: bool, checksum: bool) -> str:
        """
        Give the new identifier of *card* as it is stored.

        Raises:
            RuleRefused: CONTACT_SUPPORT for a local authority, unless *by_support*.
            Invalid: it is of another type, malformed (*checksum* as in `normalise_identifier`)
                or the same as before.
        """
        if card.local_authority and not by_support:
            raise RuleRefused(
                ErrorCode.CONTACT_SUPPORT,
                "The support changes the identifier of a local authority: ask it.",
            )
        if self.kind != card.identifier_type:
            message = "The new identifier must be of the same type as the old one."
            raise Invalid(message, expected=card.identifier_type.value, field=TYPE)
        try:
            identifier = normalise_identifier(self.kind, self.value, checksum=checksum)
        except Invalid as refusal:
            raise refusal.at(*VALUE) from None
        if self.kind == IdentifierType.INDIVIDUAL and not INDIVIDUAL_IDENTIFIER.fullmatch(
            identifier
        ):
            message = "The identifier of a private person is made from name and date of birth."
            raise Invalid(message, expected="LAST-FIRST-YYYYMMDD", field=VALUE)
        if identifier == card.identifier:
            message = "The new identifier is the one that the structure has already."
            raise Invalid(message, expected=f"another one: {EXPECTED[self.kind]}", field=VALUE)
        return identifier

    def needs_confirmation(self, card: Structure, identifier: str) -> bool:
        """Say whether *identifier* belongs to another legal entity than *card*."""
        return self.kind == IdentifierType.SIRET and siren(identifier) != siren(card.identifier)

    def require_confirmation(self, card: Structure, identifier: str, affected_users: int) -> None:
        """
        Refuse an unconfirmed move to another legal entity, which *affected_users* would follow.

        Raises:
            ConfirmationRequired: naming the argument to set.
        """
        if self.needs_confirmation(card, identifier) and not self.confirmed:
            raise ConfirmationRequired(
                "The first nine digits change: this is another legal entity.",
                argument="confirmDifferentSiren",
                affected_users=affected_users,
            )


TYPE = ("identifier", "type")
VALUE = ("identifier", "value")


def succeed(card: Structure, identifier: str, now: datetime) -> Structure:
    """Make the active successor of *card* under *identifier*, and deactivate *card*."""
    taken_over = {
        column.key: getattr(card, column.key)
        for column in columns(Structure)
        if column.key not in OWN_TO_EACH_CARD
    }
    card.deactivate(now)
    return Structure(
        **taken_over,
        identifier=identifier,
        predecessor_id=card.id,
        created_at=now,
        updated_at=now,
    )


def succession(card: Structure, cards: Collection[Structure]) -> list[Structure]:
    """Give those of *cards* that came before and after *card*, however far away."""
    numbers = {one.id: one for one in cards}
    replaced = {one.predecessor_id: one for one in cards}
    found, before, after = [], card, card
    while (one := numbers.get(before.predecessor_id or 0)) is not None:
        found.append(before := one)
    while (one := replaced.get(after.id)) is not None:
        found.append(after := one)
    return found


def require_reactivable(others: Iterable[Structure], manager: User | None) -> None:
    """
    Refuse to make a card active again that cannot be used (domain.md 3.11, 3.12).

    *others* are the cards of its succession, *manager* is its primary manager.

    Raises:
        RuleRefused: CONFLICT, one of them is active; USER_INACTIVE, nobody could manage it.
    """
    if any(card.status == StructureStatus.ACTIVE for card in others):
        message = "A card that it replaced, or that replaced it, is active: deactivate that first."
        raise RuleRefused(ErrorCode.CONFLICT, message)
    if manager is None or not manager.eligible:
        message = "The primary manager's account is not active: transfer the role first."
        raise RuleRefused(ErrorCode.USER_INACTIVE, message)


def follow_ups(
    card: Structure, opened: Collection[AreaCode], *, mandate: bool
) -> list[FollowUpKind]:
    """
    Tell what must be redone on the successor of *card*, which had areas *opened* (domain.md 3.11).

    Where technical connections were asked for, there may be data and an account of theirs;
    *mandate*: one is active.
    """
    connects = AreaCode.EDI_API_CONNECTIONS in opened
    asked = {
        FollowUpKind.INVOICING_MANDATE: mandate,
        FollowUpKind.TECHNICAL_ACCOUNT: connects,
        FollowUpKind.EDI_DATA: connects,
        FollowUpKind.PACAGE_NUMBER: card.pacage_number is not None,
    }
    return [kind for kind, needed in asked.items() if needed]
