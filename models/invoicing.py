"""What a user may do with the invoices that a structure issues (sheet B; domain.md 1.6, 1.8)."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from models.areas import AreaMode


class InvoicingFact(NamedTuple):
    """A user's right on the area of issued invoices; without a mode, a structure has a mandate."""

    structure_id: int
    service_id: int | None
    mode: AreaMode | None


class Invoicing:
    """
    A user's rights on the area of issued invoices, over all structures.

    *mandated* are the structures among his that have an active invoicing mandate.
    """

    def __init__(self, facts: Iterable[InvoicingFact] = ()) -> None:
        """Gather *facts*; without any, nothing is granted."""
        self.mandated: set[int] = set()
        self._rights: dict[int, list[InvoicingFact]] = defaultdict(list)
        for fact in facts:
            if fact.mode is None:
                self.mandated.add(fact.structure_id)
            else:
                self._rights[fact.structure_id].append(fact)

    @property
    def strongest(self) -> AreaMode | None:
        """The most that he may do anywhere."""
        return max(map(self.mode, self._rights), key=_strength, default=None)

    def mode(self, structure_id: int, service_id: int | None = None) -> AreaMode | None:
        """Give the most that he may do on a service, or on any where none is named."""
        modes = [
            fact.mode
            for fact in self._rights.get(structure_id, ())
            if service_id is None or fact.service_id in {None, service_id}
        ]
        return max(modes, key=_strength, default=None)


def _strength(mode: AreaMode | None) -> int:
    return 0 if mode is None else 2 if mode == AreaMode.MODIFICATION else 1
