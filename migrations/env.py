"""Run migrations on the connection that the caller brings."""

from alembic import context

from models import (
    accounts,
    areas,
    bank_accounts,
    history,
    idempotency,
    mandates,
    memberships,
    outbox,
    requests,
    services,
)
from models.base import Model


TABLES = (
    accounts,
    areas,
    bank_accounts,
    history,
    idempotency,
    mandates,
    memberships,
    outbox,
    requests,
    services,
)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Model.metadata,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
