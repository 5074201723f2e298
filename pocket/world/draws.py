"""Draws of values: what the facts of the kinds are made of."""

from typing import Final

from pocket.world.facts import Draw
from pocket.world.names import Mint

COLOURS: Final = ("red", "blue", "green", "black", "white", "grey", "brown", "yellow", "orange", "silver")
MATERIALS: Final = ("steel", "copper", "oak", "glass", "rubber", "brass", "clay", "cork", "nylon", "tin")
POWER: Final = ("gas", "batteries", "mains current", "solar cells", "steam", "a spring", "diesel", "a hand crank")
ROLES: Final = ("welder", "buyer", "planner", "driver", "painter", "auditor", "fitter", "clerk", "chemist", "trainer")
SPOKEN: Final = ("Ordish", "Venlic", "Taruk", "Melian", "Kossan", "Ibric", "Zural", "Pellish")
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
STATES: Final = ("on track", "late", "paused", "almost done", "under review", "waiting for parts", "just begun")
CAUSES: Final = (
    "a worn valve",
    "a loose cable",
    "a broken seal",
    "a blocked filter",
    "a cracked pipe",
    "a wrong setting",
    "a frozen pump",
    "an empty tank",
    "a burnt fuse",
    "a bent shaft",
    "a dirty sensor",
    "an old battery",
)
SYSTEMS: Final = (
    "the packing line",
    "the cold store",
    "the paint shop",
    "the boiler",
    "the lift",
    "the phone system",
    "the loading crane",
    "the water tank",
    "the label printer",
    "the main gate",
    "the mixing room",
    "the conveyor",
)
STEPS: Final = (
    "close the main valve",
    "switch off the power",
    "drain the tank",
    "check the seal",
    "write the date in the log",
    "clean the filter",
    "call the shift leader",
    "lock the door",
    "read the meter",
    "wipe the sensor",
    "fill the tank",
    "press the green button",
    "open the side panel",
    "count the parts",
    "sign the form",
    "test the alarm",
)
TOOLS: Final = ("a torch", "a wrench", "a ladder", "a brush", "a gauge", "a funnel", "a mallet", "a spanner", "a cloth")
PROOFS: Final = (
    "the receipt",
    "a photo",
    "the order number",
    "a signed form",
    "an identity card",
    "the serial number",
    "the old part",
)


def one_of(choices: tuple[str, ...]) -> Draw:
    """Return a draw from the choices."""
    return lambda mint: mint.one_of(choices)


def whole(low: int, high: int, unit: str = "", step: int = 1) -> Draw:
    """Return a draw of a whole number, with its unit if there is one."""
    return lambda mint: f"{mint.whole(low, high, step)} {unit}".strip()


def crowns(low: int, high: int, step: int = 1) -> Draw:
    """Return a draw of an amount of money."""
    return whole(low, high, "crowns", step)


def date(mint: Mint) -> str:
    """Draw a day."""
    return mint.date()


def month(mint: Mint) -> str:
    """Draw a month and year."""
    return mint.month()


def person(mint: Mint) -> str:
    """Draw a person."""
    return mint.person()


def town(mint: Mint) -> str:
    """Draw a town."""
    return mint.town()


def code(mint: Mint) -> str:
    """Draw a code."""
    return mint.code()


def form(mint: Mint) -> str:
    """Draw the number of a form."""
    return f"form {mint.one_of(tuple('ABCDEFGHK'))}{mint.whole(10, 99)}"


def company(mint: Mint) -> str:
    """Draw a company."""
    return f"{mint.name()} {mint.one_of(('Brothers', 'Group', 'Works', 'Partners'))}"


def clock(mint: Mint) -> str:
    """Draw a time of day."""
    return f"{mint.whole(6, 22)}:{mint.one_of(('00', '15', '30', '45'))}"


def room(mint: Mint) -> str:
    """Draw a room."""
    return f"room {mint.one_of(tuple('ABCDEFGH'))}{mint.whole(10, 99)}"


def product(mint: Mint) -> str:
    """Draw the name of another product."""
    return f"the {mint.name()} {mint.one_of(NOUNS)}"


def desk(mint: Mint) -> str:
    """Draw the name of a department."""
    return f"the {mint.one_of(TRADES)} {mint.one_of(UNITS)}"


NOUNS: Final = ("kettle", "lamp", "pump", "drill", "heater", "scanner", "printer", "mixer", "clock", "fan", "scale")
TRADES: Final = (
    "freight",
    "payroll",
    "repair",
    "design",
    "export",
    "supply",
    "testing",
    "training",
    "energy",
    "archive",
    "billing",
    "press",
    "safety",
    "garden",
    "music",
    "tool",
)
UNITS: Final = ("desk", "office", "team", "unit")
POLICY_SUBJECTS: Final = (
    "travel",
    "parking",
    "visitor",
    "overtime",
    "holiday",
    "laptop",
    "gift",
    "noise",
    "key",
    "lunch",
    "uniform",
    "bicycle",
    "cleaning",
    "waste",
    "heating",
    "phone",
    "camera",
    "locker",
    "mail",
    "pet",
)
PROCEDURE_SUBJECTS: Final = (
    "filter change",
    "tank check",
    "night watch",
    "stock count",
    "oil change",
    "fire drill",
    "gate control",
    "meter reading",
    "cold start",
    "shut down",
    "lamp test",
    "pipe flush",
    "door check",
    "alarm test",
    "belt change",
    "floor wash",
)
SERVICE_SUBJECTS: Final = (
    "express",
    "gift wrap",
    "repair",
    "exchange",
    "pick-up",
    "set-up",
    "rental",
    "voucher",
    "refill",
    "loan",
    "engraving",
    "polish",
    "storage",
    "upgrade",
    "recycling",
    "lesson",
)
