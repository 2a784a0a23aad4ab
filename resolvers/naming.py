"""Another user, as an act names him."""

from sqlalchemy import or_, select

from models.accounts import User
from resolvers.inputs import UserLookup
from resolvers.node_ids import NodeKind
from resolvers.writing import Writing


async def named_account(writing: Writing, asked: UserLookup | None) -> User | None:
    """Read the account that *asked* names, locked so that it is not deactivated meanwhile."""
    login = asked.login if asked is not None else None
    login = login if isinstance(login, str) and login.isprintable() else ""
    number = writing.number((asked and asked.user_id) or "", NodeKind.USER)
    statement = (
        select(User)
        .where(or_(User.id == number, User.login == login.strip().lower()))
        .with_for_update(key_share=True)
    )
    return (await writing.session.scalars(statement)).one_or_none()
