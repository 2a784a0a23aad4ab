"""To open areas, and to change their mode."""

from models.areas import AreaMode, AreaSubscription, StructureArea
from models.history import ManagerAction
from models.outbox import Notification, NotificationKind
from models.policy import Action
from tests.area_acts import close, effects, on, open_areas, tab, to_open
from tests.firm import Firm, code


CONSULTATION, MODIFICATION = AreaMode.CONSULTATION, AreaMode.MODIFICATION


async def test_a_manager_opens_areas_on_the_structure_and_on_a_service(firm: Firm) -> None:
    answer = await open_areas(
        firm,
        firm.secondary,
        to_open(firm),
        to_open(firm, "WORK_INVOICES", mode="CONSULTATION", **on(firm, firm.sales)),
    )

    whole, part = (result["structureArea"] for result in answer["results"])
    assert code(answer) == [None, None]
    assert (whole["scope"], whole["mode"], whole["service"]) == ("STRUCTURE", "MODIFICATION", None)
    assert (part["scope"], part["mode"], part["service"]["code"]) == (
        "SERVICE",
        "CONSULTATION",
        "SALES",
    )
    assert whole["openedBy"] == {"displayName": "Serge Second"}
    assert effects(answer) == [
        ("AREA_OPENED", None, "MODIFICATION"),
        ("AREA_OPENED", None, "CONSULTATION"),
    ]


async def test_opening_is_told_in_the_history(firm: Firm) -> None:
    await open_areas(firm, firm.primary, to_open(firm, **on(firm, firm.sales)))

    [act] = await firm.world.all(ManagerAction)
    [opening] = await firm.world.all(StructureArea)
    assert (act.action, act.actor_id, act.target_id) == (
        Action.OPENED_AREA_MANAGE,
        firm.primary.id,
        opening.id,
    )
    assert act.changes == [
        {"field": "area", "before": None, "after": "ISSUED_INVOICES"},
        {"field": "scope", "before": None, "after": "SERVICE"},
        {"field": "service", "before": None, "after": "SALES"},
        {"field": "mode", "before": None, "after": "MODIFICATION"},
    ]
    document = """query ($id: ID!) { structure(by: {id: $id}) { history { nodes {
        target { id __typename } } } } }"""
    told = await firm.world.ask(firm.primary, document, id=firm.world.id(firm.structure))
    [node] = told.data["structure"]["history"]["nodes"]
    assert node["target"] == {"id": firm.world.id(opening), "__typename": "StructureArea"}


async def test_a_manager_opens_and_subscribes_himself_in_one_call(firm: Firm) -> None:
    answer = await open_areas(firm, firm.secondary, to_open(firm, subscribeMe=True))

    assert effects(answer) == [
        ("AREA_OPENED", None, "MODIFICATION"),
        ("SUBSCRIPTION_ADDED", None, "MODIFICATION"),
    ]
    assert await tab(firm.world, firm.secondary) == ("MODIFICATION", None)
    assert await tab(firm.world, firm.primary) == (None, "NOT_SUBSCRIBED")
    acts = [(act.action, act.user_id) for act in await firm.world.all(ManagerAction)]
    opened = Action.OPENED_AREA_MANAGE
    assert acts == [(opened, None), (opened, firm.secondary.id)]
    assert await firm.world.all(Notification) == []


async def test_subscribing_himself_never_lowers_what_he_has(firm: Firm) -> None:
    await open_areas(firm, firm.primary, to_open(firm, subscribeMe=True))
    answer = await open_areas(
        firm,
        firm.primary,
        to_open(firm, mode="CONSULTATION", subscribeMe=True, **on(firm, firm.sales)),
    )

    assert effects(answer) == [("AREA_OPENED", None, "CONSULTATION")]
    [right] = await firm.world.all(AreaSubscription)
    assert (right.mode, right.service_id) == (MODIFICATION, None)


async def test_opening_what_is_opened_in_the_same_mode_changes_nothing(firm: Firm) -> None:
    opening = await firm.world.opening(firm.structure)

    answer = await open_areas(firm, firm.primary, to_open(firm))

    assert answer["results"][0]["id"] == firm.world.id(opening)
    assert answer["effects"] == []
    assert await firm.world.all(ManagerAction) == []
    assert (await firm.world.reload(opening)).version == opening.version


async def test_lowering_an_area_lowers_the_rights_above_it_and_tells_whose(firm: Firm) -> None:
    world, clerk = firm.world, await firm.clerk()
    membership = await firm.membership_of(clerk)
    opening = await world.opening(firm.structure)
    high = await world.right(membership, mode=MODIFICATION)
    kept = await world.right(await firm.membership_of(firm.secondary))

    answer = await open_areas(firm, firm.primary, to_open(firm, mode="CONSULTATION"))

    assert effects(answer) == [
        ("AREA_OPENED", "MODIFICATION", "CONSULTATION"),
        ("SUBSCRIPTION_CHANGED", "MODIFICATION", "CONSULTATION"),
        ("NOTIFICATION", None, None),
    ]
    assert answer["effects"][1]["user"] == {"displayName": "Carla Clerk"}
    assert (await world.reload(opening)).mode == CONSULTATION
    assert (await world.reload(high)).mode == CONSULTATION
    assert (await world.reload(kept)).version == kept.version
    assert await tab(world, clerk) == ("CONSULTATION", None)
    [message] = await world.all(Notification)
    assert (message.kind, message.user_id) == (NotificationKind.SUBSCRIPTION_CHANGED, clerk.id)


async def test_a_right_on_a_service_keeps_the_mode_that_is_opened_there(firm: Firm) -> None:
    world = firm.world
    membership = await firm.membership_of(await firm.clerk())
    await world.opening(firm.structure)
    await world.opening(firm.structure, service=firm.sales)
    kept = await world.right(membership, mode=MODIFICATION, service=firm.sales)
    lowered = await world.right(membership, mode=MODIFICATION, service=firm.stock)

    await open_areas(firm, firm.primary, to_open(firm, mode="CONSULTATION"))

    assert (await world.reload(kept)).mode == MODIFICATION
    assert (await world.reload(lowered)).mode == CONSULTATION


async def test_what_one_call_opens_it_may_lower_again(firm: Firm) -> None:
    answer = await open_areas(
        firm, firm.primary, to_open(firm, subscribeMe=True), to_open(firm, mode="CONSULTATION")
    )

    assert code(answer) == [None, None]
    [opening] = await firm.world.all(StructureArea)
    [right] = await firm.world.all(AreaSubscription)
    assert (opening.mode, right.mode) == (CONSULTATION, CONSULTATION)


async def test_raising_an_area_leaves_rights_as_they_are(firm: Firm) -> None:
    world = firm.world
    await world.opening(firm.structure, mode=CONSULTATION)
    right = await world.right(await firm.membership_of(await firm.clerk()))

    answer = await open_areas(firm, firm.primary, to_open(firm))

    assert effects(answer) == [("AREA_OPENED", "CONSULTATION", "MODIFICATION")]
    assert (await world.reload(right)).mode == CONSULTATION


async def test_a_service_is_one_of_the_structure_and_active(firm: Firm) -> None:
    world = firm.world
    idle = await world.service(firm.structure, "IDLE", enabled=False)
    foreign = await world.service(await world.structure("Else"), "FOREIGN")
    false = to_open(firm, scope={"wholeStructure": False})

    answer = await open_areas(
        firm,
        firm.primary,
        to_open(firm, **on(firm, idle)),
        to_open(firm, **on(firm, foreign)),
        false,
    )

    assert code(answer) == ["SERVICE_INACTIVE", "NOT_FOUND", "INVALID"]
    assert answer["results"][1]["error"]["field"] == ["input", "areas", "1", "scope", "serviceId"]
    assert await world.all(StructureArea) == []


async def test_who_may_not_open_learns_of_no_opening(firm: Firm) -> None:
    await firm.world.opening(firm.structure)
    await firm.world.structure("Own", primary=firm.outsider)

    answer = await open_areas(firm, firm.outsider, to_open(firm))

    assert code(answer) == ["FORBIDDEN"]
    assert answer["results"][0]["id"] is None


async def test_one_bad_item_leaves_the_others(firm: Firm) -> None:
    answer = await open_areas(firm, firm.primary, to_open(firm, "HOME"), to_open(firm))

    assert code(answer) == ["AREA_IS_DEFAULT", None]
    assert len(await firm.world.all(StructureArea)) == 1


async def test_an_empty_list_is_too_few(firm: Firm) -> None:
    answer = await open_areas(firm, firm.primary)

    assert answer["errors"] == [{"code": "LIMIT", "field": ["input", "areas"]}]


async def test_a_dry_run_of_opening_foresees_and_changes_nothing(firm: Firm) -> None:
    items = to_open(firm, subscribeMe=True), to_open(firm, mode="CONSULTATION")
    foreseen = await open_areas(firm, firm.primary, *items, dryRun=True)

    for entity in (StructureArea, AreaSubscription, ManagerAction, Notification):
        assert await firm.world.all(entity) == []
    assert [result["id"] for result in foreseen["results"]] == [None, None]
    done = await open_areas(firm, firm.primary, *items)
    assert done["effects"] == foreseen["effects"]


async def test_a_repeated_opening_with_its_key_is_done_once(firm: Firm) -> None:
    first = await open_areas(firm, firm.primary, to_open(firm), idempotencyKey="open")
    second = await open_areas(firm, firm.primary, to_open(firm), idempotencyKey="open")

    assert second == first
    assert len(await firm.world.all(ManagerAction)) == 1


async def test_lowering_takes_as_many_statements_for_many_rights_as_for_one(firm: Firm) -> None:
    world, counts = firm.world, []
    await world.token(firm.primary)
    for users in (1, 40):
        opening = await world.opening(firm.structure)
        for _ in range(users):
            membership = await world.member(firm.structure, await world.user())
            await world.right(membership, mode=MODIFICATION)

        world.statements.clear()
        answer = await open_areas(firm, firm.primary, to_open(firm, mode="CONSULTATION"))

        kinds = [kind for kind, *_ in effects(answer)]
        assert kinds.count("SUBSCRIPTION_CHANGED") == users
        counts.append(len(world.statements))
        await close(firm, firm.primary, opening)
    assert counts[0] == counts[1]
