"""Names, numbers and rows to invent a dataset with."""

import random

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table
from stdnum.luhn import calc_check_digit

from models.accounts import User
from models.areas import AreaSubscription, StructureArea
from models.base import sort_key
from models.history import ManagerAction
from models.memberships import Membership, ServiceMembership
from models.requests import Request, RequestedService
from models.services import Service
from models.structures import Structure, StructureApplication


Row = tuple[Any, ...]

SEED = 7
USERS_PER_STRUCTURE = 20

MADE = datetime(2024, 1, 15, 8, tzinfo=UTC)
"""When every row was made; requests are dated from the day of the run."""

FIRST_NAMES = (
    "Alice",
    "Bruno",
    "Chloé",
    "Daniel",
    "Élise",
    "Farid",
    "Gaëlle",
    "Hugo",
    "Inès",
    "Jules",
    "Karim",
    "Léa",
    "Marc",
    "Nadia",
)
LAST_NAMES = (
    "Arnaud",
    "Blanc",
    "Chauvin",
    "Dupré",
    "Étienne",
    "Faure",
    "Gillet",
    "Hamel",
    "Imbert",
    "Jacob",
    "Klein",
    "Leroux",
)
COMPANIES = ("Ateliers", "Transports", "Imprimerie", "Travaux", "Conserverie", "Clinique")
AUTHORITIES = ("Commune de", "Lycée", "Département de", "Centre hospitalier")
DEPARTMENTS = ("Comptabilité", "Achats", "Travaux", "Direction", "Logistique", "Facturation")

TABLES: tuple[Table, ...] = tuple(
    model.__table__  # type: ignore[misc]
    for model in (
        User,
        Structure,
        StructureApplication,
        Service,
        Membership,
        ServiceMembership,
        StructureArea,
        AreaSubscription,
        Request,
        RequestedService,
        ManagerAction,
    )
)
"""What is filled, in the order of the references."""


def siret(number: int) -> str:
    """Give a valid SIRET; numbers below 90 million give distinct ones."""
    siren = f"{10_000_000 + number * 7_919 % 90_000_000:08d}"
    siren += calc_check_digit(siren)
    establishment = f"{siren}{number % 9_000 + 10:04d}"
    return establishment + str(calc_check_digit(establishment))


class Template:
    """Makes rows of a model from the columns that differ, in the order of its table."""

    def __init__(self, model: Any, **fixed: Any) -> None:
        """Take the defaults of *model*, then what is *fixed* for all rows."""
        self._values = {
            column.name: column.default.arg
            if column.default is not None and column.default.is_scalar
            else None
            for column in model.__table__.columns
        } | fixed

    def __call__(self, **differing: Any) -> Row:
        """Make one row."""
        return tuple((self._values | differing).values())


def users(number: int, stamp: Callable[[datetime], Any]) -> Iterator[Row]:
    """Make the users of *number* structures; *stamp* writes an instant for the database."""
    source, made = random.Random(SEED), stamp(MADE)
    user = Template(User, created_at=made, updated_at=made)
    for key in range(1, number * USERS_PER_STRUCTURE + 1):
        first, last = source.choice(FIRST_NAMES), source.choice(LAST_NAMES)
        login = f"user{key:07d}@example.org"
        yield user(
            id=key,
            login=login,
            email=login,
            first_name=first,
            last_name=last,
            name_key=sort_key(f"{last} {first}"),
        )
