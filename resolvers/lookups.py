"""Structures by what names them: an id, or identifiers of any type."""

from typing import Annotated

from strawberry import UNSET

from models.errors import Invalid
from models.identifiers import IdentifierType, normalise_identifier
from models.structures import Structure
from resolvers.inputs import LookupReason, StructureIdentifierInput, StructureLookup, about
from resolvers.node_ids import NodeKind
from resolvers.operation import Info, Operation
from resolvers.structures import (
    CARD,
    by_id,
    structure_by_identifier,
    structure_with_identifier,
)


MAXIMUM_LOOKUPS = 100


async def structure(
    info: Info, by: Annotated[StructureLookup, about("How to find it.")]
) -> Structure | None:
    """Find one structure."""
    operation = info.context
    if by.id is not UNSET and by.id is not None:
        number = operation.node_ids.number(by.id, NodeKind.STRUCTURE) or 0
        found: Structure | None = await by_id(operation, number)
        return found
    asked, field = by.identifier, "identifier"
    if not isinstance(asked, StructureIdentifierInput):
        asked = StructureIdentifierInput(type=IdentifierType.SIRET, value=by.siret or "")
        field = "siret"
    strict = operation.settings.checks_siret
    try:
        identifier = normalise_identifier(asked.type, asked.value, checksum=strict)
    except Invalid as refusal:
        raise refusal.at("by", field) from None
    cards: list[Structure] = await operation.fetch(
        structure_with_identifier, operation.discreet, operation.columns(CARD), key=identifier
    )
    return next((card for card in cards if card.identifier_type == asked.type), None)


async def _by_identifiers(
    operation: Operation, identifiers: list[str]
) -> dict[tuple[IdentifierType, str], Structure]:
    chosen = operation.columns(CARD)
    found = await operation.fetch(
        structure_by_identifier, operation.discreet, chosen, keys=identifiers
    )
    return {(card.identifier_type, card.identifier): card for card in found}


class StructureByIdentifier:
    """One identifier and what it found."""

    __slots__ = ("reason", "structure")

    def __init__(self, structure: Structure | None, reason: LookupReason | None) -> None:
        """Hold the card, or why there is none."""
        self.structure = structure
        self.reason = reason


class StructuresByIdentifier:
    """Answer to a lookup of many identifiers."""

    def __init__(self, results: list[StructureByIdentifier]) -> None:
        """Hold one result per identifier, in the order asked."""
        self.results = results


async def structures_by_identifier(
    info: Info,
    identifiers: Annotated[list[StructureIdentifierInput], about("1 to 100 identifiers.")],
) -> StructuresByIdentifier:
    """Find many structures at once."""
    operation = info.context
    if not 1 <= len(identifiers) <= MAXIMUM_LOOKUPS:
        message = f"Give 1 to {MAXIMUM_LOOKUPS} identifiers."
        raise Invalid(message, field=("identifiers",))
    keys: list[tuple[IdentifierType, str] | None] = []
    strict = operation.settings.checks_siret
    for asked in identifiers:
        try:
            bare = normalise_identifier(asked.type, asked.value, checksum=strict)
            keys.append((asked.type, bare))
        except Invalid:
            keys.append(None)
    wanted = list({key[1] for key in keys if key is not None})
    found = await _by_identifiers(operation, wanted) if wanted else {}
    return StructuresByIdentifier([_lookup(key, found) for key in keys])


def _lookup(
    key: tuple[IdentifierType, str] | None, found: dict[tuple[IdentifierType, str], Structure]
) -> StructureByIdentifier:
    if key is None:
        return StructureByIdentifier(None, LookupReason.MALFORMED)
    card = found.get(key)
    return StructureByIdentifier(card, None if card else LookupReason.UNKNOWN)
