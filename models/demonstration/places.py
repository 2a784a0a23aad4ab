"""The invented structures with their services and opened areas."""

from dataclasses import dataclass

from models.areas import AreaCode, AreaMode
from models.identifiers import IdentifierType
from models.services import RESERVED_CODE
from models.structures import Sector


Opening = tuple[AreaCode, AreaMode, str | None]
"""An area, its mode, and the code of the one service it is opened on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A structure to make; *services* are pairs of code and name."""

    identifier: str
    name: str
    street: str
    postal_code: str
    city: str
    services: tuple[tuple[str, str], ...]
    openings: tuple[Opening, ...]
    identifier_type: IdentifierType = IdentifierType.SIRET
    sector: Sector = Sector.PRIVATE
    country: str = "FR"


WORKSHOP = Place(
    identifier="78412096600030",
    name="Ateliers Berthelin",
    street="14 rue des Tanneurs",
    postal_code="21000",
    city="Dijon",
    services=(
        ("ACHATS", "Achats"),
        ("BUREAU_ETUDES", "Bureau d'études"),
        ("CHANTIERS", "Conduite de chantiers"),
        ("COMPTABILITE", "Comptabilité"),
        ("DIRECTION", "Direction générale"),
        ("FACTURATION", "Facturation"),
        ("INFORMATIQUE", "Informatique"),
        ("JURIDIQUE", "Affaires juridiques"),
        ("LOGISTIQUE", "Logistique"),
        ("MAINTENANCE", "Maintenance"),
        ("QUALITE", "Qualité"),
        ("TRAVAUX", "Travaux publics"),
    ),
    openings=(
        (AreaCode.ISSUED_INVOICES, AreaMode.MODIFICATION, None),
        (AreaCode.COMMITMENTS, AreaMode.CONSULTATION, None),
        (AreaCode.DATA_FLOW_OVERVIEW, AreaMode.CONSULTATION, None),
        (AreaCode.EDI_API_CONNECTIONS, AreaMode.MODIFICATION, "INFORMATIQUE"),
        (AreaCode.INVOICES_TO_VALIDATE, AreaMode.MODIFICATION, "ACHATS"),
        (AreaCode.WORK_INVOICES, AreaMode.MODIFICATION, "TRAVAUX"),
        (AreaCode.WORK_INVOICES, AreaMode.CONSULTATION, "CHANTIERS"),
    ),
)
FORMER_WORKSHOP = Place(
    identifier="78412096600014",
    name="Ateliers Berthelin",
    street="3 quai Nicolas-Rolin",
    postal_code="21000",
    city="Dijon",
    services=(("FACTURATION", "Facturation"), ("TRAVAUX", "Travaux publics")),
    openings=((AreaCode.ISSUED_INVOICES, AreaMode.MODIFICATION, None),),
)
TOWN = Place(
    identifier="21710473600012",
    name="Commune de Saint-Aubin-sur-Loire",
    street="1 place de la Mairie",
    postal_code="71140",
    city="Saint-Aubin-sur-Loire",
    services=(
        (RESERVED_CODE, "Factures publiques"),
        ("CULTURE", "Culture et patrimoine"),
        ("FINANCES", "Finances"),
        ("VOIRIE", "Voirie et réseaux"),
    ),
    openings=(
        (AreaCode.RECEIVED_INVOICES, AreaMode.MODIFICATION, None),
        (AreaCode.RECEIVED_REQUESTS, AreaMode.MODIFICATION, None),
        (AreaCode.ISSUED_INVOICES, AreaMode.MODIFICATION, None),
        (AreaCode.COMMITMENTS, AreaMode.CONSULTATION, "FINANCES"),
    ),
    sector=Sector.PUBLIC,
)
JOINERY = Place(
    identifier="90266138800014",
    name="Menuiserie Coste & Filles",
    street="27 avenue Jean-Jaurès",
    postal_code="69007",
    city="Lyon",
    services=(("ATELIER", "Atelier"), ("POSE", "Pose")),
    openings=((AreaCode.ISSUED_INVOICES, AreaMode.MODIFICATION, None),),
)
PRINTER = Place(
    identifier="BE0999887777",
    identifier_type=IdentifierType.EU_VAT,
    name="Drukkerij Van Hove",
    street="Kerkstraat 8",
    postal_code="9000",
    city="Gent",
    country="BE",
    services=(("VERKOOP", "Verkoop"),),
    openings=((AreaCode.ISSUED_INVOICES, AreaMode.CONSULTATION, None),),
)
