"""The service does and shows what the rules say, whatever is done in whatever order."""

import asyncio
import logging

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog

from hypothesis import HealthCheck, Phase, seed
from hypothesis.stateful import run_state_machine_as_test

from schema.root import schema
from tests.reference.area_rules import AreaSteps
from tests.reference.banking_rules import BankingSteps
from tests.reference.beside import ACTS
from tests.reference.membership_rules import MembershipSteps
from tests.reference.reaching_rules import ReachingSteps
from tests.reference.request_rules import RequestSteps
from tests.reference.scene import scene
from tests.reference.service import RealService
from tests.reference.service_rules import ServiceSteps
from tests.reference.succession_rules import SuccessionSteps


PARTS = 10
RUNS, MANY_RUNS = 50, 1_000
STEPS = 40


class Machine(
    RequestSteps,
    SuccessionSteps,
    AreaSteps,
    BankingSteps,
    MembershipSteps,
    ReachingSteps,
    ServiceSteps,
):
    """Every mutation there is."""


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[None]:
    """No line for each of thousands of requests."""
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=quiet)
    yield
    structlog.reset_defaults()


def profile(runs: int, *phases: Phase) -> hypothesis.settings:
    return hypothesis.settings(
        max_examples=runs // PARTS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )


def test_every_mutation_is_in_the_model() -> None:
    offered = schema._schema.mutation_type
    assert offered is not None
    assert set(offered.fields) == set(ACTS)


@pytest.mark.fuzz
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_done_five_viewers_read_what_the_rules_say(
    database_url: str, tmp_path: Path, part: int
) -> None:
    seen: Counter[str] = Counter()
    many = hypothesis.settings.get_current_profile_name() == "fuzz"
    with asyncio.Runner() as runner:
        service = RealService(database_url, tmp_path)
        runner.run(service.plant(scene()))
        kind = type("Machine", (Machine,), {"service": service, "runner": runner, "seen": seen})
        # Each part has runs of its own, and each database others than the other one.
        own = 2 * part + database_url.startswith("sqlite")
        machine = kind if many else seed(own)(kind)
        try:
            # Shrinking takes longer than a test may that hangs.
            phases = (Phase.generate, Phase.shrink) if many else (Phase.generate,)
            run_state_machine_as_test(
                machine, settings=profile(MANY_RUNS if many else RUNS, *phases)
            )
        finally:
            runner.run(service.world.close())
    assert sum(count for name, count in seen.items() if name.endswith(" done")) >= STEPS // 2
