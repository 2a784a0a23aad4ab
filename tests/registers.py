"""Registers of establishments, as an operator would plug one in."""

from resolvers.siret_lookup import SiretRecord, SiretState


async def of_withheld(_siret: str) -> SiretRecord:
    """Know every SIRET, of establishments whose address is not published."""
    return SiretRecord(SiretState.ACTIVE, withheld=True)


async def of_closed(_siret: str) -> SiretRecord:
    """Know every SIRET, of closed establishments."""
    return SiretRecord(SiretState.CLOSED)


async def empty(_siret: str) -> SiretRecord:
    """Know no SIRET."""
    return SiretRecord(SiretState.UNKNOWN)


async def broken(_siret: str) -> SiretRecord:
    """Fail."""
    raise OSError
