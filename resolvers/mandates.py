"""Reads of invoicing mandates."""

from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from strawberry import Parent

from executor import batched
from models.mandates import InvoicingMandate
from models.reading import Reading, any_of
from models.records import Layout, columns, record
from models.structures import Structure
from resolvers.operation import Info, ids


InvoicingMandateRecord = record(InvoicingMandate)
MANDATE = Layout(InvoicingMandateRecord, columns(InvoicingMandate))


class Terms(NamedTuple):
    """The terms of the mandate as they are today; *url* is where they can be read."""

    version: str
    url: str | None


def mandate_by_id(dialect_name: str) -> Reading:
    """Read mandates by their ids."""
    statement = select(*MANDATE.selected, InvoicingMandate.id).where(
        any_of(InvoicingMandate.id, "keys", dialect_name)
    )
    return Reading(statement, MANDATE)


def latest_mandate(dialect_name: str) -> Reading:
    """Read the latest mandates of structures."""
    later = aliased(InvoicingMandate)
    latest = (
        select(func.max(later.id))
        .where(later.structure_id == InvoicingMandate.structure_id)
        .correlate_except(later)
        .scalar_subquery()
    )
    statement = select(*MANDATE.selected, InvoicingMandate.structure_id).where(
        any_of(InvoicingMandate.structure_id, "keys", dialect_name), InvoicingMandate.id == latest
    )
    return Reading(statement, MANDATE)


@batched
def of_structure(roots: Parent[list[Structure]], info: Info) -> Any:
    """Give the latest mandates of structures, those that ever had one."""
    return info.context.each_one(latest_mandate, ids(roots))


def terms(info: Info) -> Terms:
    """Give the present terms."""
    settings = info.context.settings
    return Terms(settings.mandate_terms_version, settings.mandate_terms_url or None)
