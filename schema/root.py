"""The menu: everything that can be read and done, each with the action that opens it."""

from typing import Any

import strawberry

from strawberry.schema.config import StrawberryConfig

from executor import BreadthFirstExecutor
from models.policy import Action
from resolvers import areas as resolve_areas
from resolvers import explaining, lookups
from resolvers import mandates as resolve_mandates
from resolvers import nodes as resolve_nodes
from resolvers import structures as resolve_structures
from resolvers.operation import Info
from resolvers.viewer import Viewer as Signed
from schema import access_vocabulary, coverage, rights, vocabulary
from schema.area_mutations import AreaMutations
from schema.areas import Area
from schema.bank_account_mutations import BankAccountMutations
from schema.errors import KINDS as ERRORS
from schema.fields import guarded, object_type, open_field
from schema.mandate_mutations import MandateMutations
from schema.mandates import MandateTerms
from schema.membership_mutations import MembershipMutations
from schema.nodes import Node
from schema.pages import Connection
from schema.request_mutations import RequestMutations
from schema.rights import AccessMatrixRow, Decision
from schema.scalars import SCALARS
from schema.service_mutations import ServiceMutations
from schema.structure_mutations import StructureMutations
from schema.structures import Structure, StructuresByIdentifier
from schema.viewer import Viewer


def _viewer(info: Info) -> Signed | None:
    return info.context.viewer


@object_type(row=None)
class Query:
    """Everything that can be read."""

    viewer: Viewer | None = open_field(_viewer, "The signed-in user; null without signing in.")
    node: Node | None = open_field(
        resolve_nodes.node, "One object by its id; null if missing, of another type or not for you."
    )
    nodes: list[Node | None] = open_field(
        resolve_nodes.nodes,
        "Up to 100 objects by their ids, in the order asked, null where `node` would be.",
    )
    structure: Structure | None = guarded(
        lookups.structure,
        "One structure by id, SIRET or any identifier; null if there is none that you may know of.",
        allow=Action.STRUCTURE_SEARCH,
    )
    structures: Connection[Structure] | None = guarded(
        resolve_structures.structures,
        "Structures, by default those that you are connected to.",
        allow=Action.STRUCTURE_SEARCH,
    )
    structures_by_identifier: StructuresByIdentifier | None = guarded(
        lookups.structures_by_identifier,
        "Many structures at once, for partner tools.",
        allow=Action.STRUCTURE_SEARCH,
    )
    areas: list[Area] = open_field(
        resolve_areas.areas, "The catalogue of areas, in the order of the portal's tabs."
    )
    explain_access: Decision | None = guarded(
        explaining.explain_access,
        "Why you may or may not do something to an object; for an object that you may not know of,"
        " the same as for a missing one.",
        allow=Action.ACCESS_EXPLAIN,
    )
    mandate_terms: MandateTerms = open_field(
        resolve_mandates.terms, "The present terms of the invoicing mandate."
    )
    access_matrix: list[AccessMatrixRow] = open_field(
        rights.access_matrix, "The published rules: who may read and do what."
    )


vocabularies_published = access_vocabulary, vocabulary
"""The enums, with their meanings; named here so that they are published with the schema."""


@object_type(row=None)
class Mutation(
    RequestMutations,
    StructureMutations,
    ServiceMutations,
    AreaMutations,
    BankAccountMutations,
    MembershipMutations,
    MandateMutations,
):
    """Everything that can be done; each field is one transaction."""


class Graph(strawberry.Schema):
    """The schema, with the coordinates that each action guards."""

    def __init__(self, **options: Any) -> None:
        """
        Build it, and refuse to if a field has no row in the policy table.

        Raises:
            UnguardedCoordinate: naming the field.
        """
        super().__init__(**options)
        self.coordinates = coverage.guarded_coordinates(self)


def build(**options: Any) -> Graph:
    """Build the schema, to be executed level by level; *options* are Strawberry's."""
    config = StrawberryConfig(scalar_map=SCALARS)
    return Graph(
        execution_context_class=BreadthFirstExecutor,
        query=Query,
        mutation=Mutation,
        types=ERRORS,
        config=config,
        **options,
    )


schema = build()
