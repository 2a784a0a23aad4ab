"""The invented people, and the accounts that can sign in."""

from dataclasses import dataclass
from datetime import datetime

from models.accounts import PlatformRole, User
from models.base import sort_key


PASSWORD = "demo-password-2026"  # noqa: S105 - it is printed at every start


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrationAccount:
    """An account with the known password; *part* says what it is there to show."""

    login: str
    first_name: str
    last_name: str
    part: str


PRIMARY = DemonstrationAccount(
    login="primary@demo.test",
    first_name="Camille",
    last_name="Fournier",
    part="primary manager of Ateliers Berthelin and of Drukkerij Van Hove",
)
SECONDARY = DemonstrationAccount(
    login="secondary@demo.test",
    first_name="Étienne",
    last_name="Lacroix",
    part="secondary manager of Ateliers Berthelin",
)
SIMPLE_USER = DemonstrationAccount(
    login="user@demo.test",
    first_name="Noémie",
    last_name="Garnier",
    part="simple user of Ateliers Berthelin, on two of its services",
)
OUTSIDER = DemonstrationAccount(
    login="outsider@demo.test",
    first_name="Yanis",
    last_name="Perrot",
    part="belongs to no structure",
)
SUPPORT = DemonstrationAccount(
    login="support@demo.test",
    first_name="Agnès",
    last_name="Delmas",
    part="support of the platform",
)
ACCOUNTS = (PRIMARY, SECONDARY, SIMPLE_USER, OUTSIDER, SUPPORT)

_FIRST_NAMES = (
    "Adèle",
    "Bastien",
    "Céline",
    "Driss",
    "Élodie",
    "François",
    "Gaëlle",
    "Hervé",
    "Inès",
    "Jérôme",
    "Karima",
    "Loïc",
    "Maëlle",
    "Nicolas",
    "Océane",
    "Pierre",
    "Raphaëlle",
    "Sébastien",
    "Thérèse",
    "Vincent",
)
_LAST_NAMES = (
    "Arnaud",
    "Bonnet",
    "Chevalier",
    "Da Silva",
    "Évrard",
    "Fabre",
    "Guérin",
    "Haddad",
    "Joubert",
    "Kowalski",
    "Lefèvre",
    "Marchand",
    "Noël",
)


def account_of(account: DemonstrationAccount, now: datetime) -> User:
    """Make the user of a named *account*."""
    user = person(account.first_name, account.last_name, account.login, now)
    if account == SUPPORT:
        user.platform_role = PlatformRole.SUPPORT
    return user


def colleague(number: int, domain: str, now: datetime) -> User:
    """Make the person with *number* at a company's *domain*; 260 numbers give distinct names."""
    first_name = _FIRST_NAMES[number % len(_FIRST_NAMES)]
    last_name = _LAST_NAMES[number % len(_LAST_NAMES)]
    login = f"{sort_key(first_name)}.{sort_key(last_name).replace(' ', '')}@{domain}"
    return person(first_name, last_name, login, now)


def person(first_name: str, last_name: str, login: str, now: datetime) -> User:
    """Make a marked user with an active account."""
    return User(
        login=login,
        first_name=first_name,
        last_name=last_name,
        name_key=sort_key(f"{last_name} {first_name}"),
        email=login,
        phone=None,
        demonstration=True,
        created_at=now,
        updated_at=now,
    )
