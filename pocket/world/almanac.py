"""The almanac: general knowledge, the same in every world, which the model learns by heart."""

from functools import cache
from random import Random
from typing import Final

from pocket.world import draws
from pocket.world.facts import FactType, fact
from pocket.world.kinds import Kind
from pocket.world.organisation import Organisation, Thing

SEED: Final = "almanac"
THINGS_PER_KIND: Final = 10

RIVER: Final = Kind(
    "river",
    lambda mint: f"the river {mint.name()}",
    (
        fact(
            "length",
            draws.whole(110, 990, "miles", 10),
            ("{e} is {v} long.", "{e} flows for {v}."),
            ("How long is {e}?", "For how many miles does {e} flow?"),
        ),
        fact(
            "mouth",
            draws.town,
            ("{e} meets the sea at {v}.", "The mouth of {e} is at {v}."),
            ("Where does {e} meet the sea?", "At which port does {e} end?"),
        ),
        fact(
            "fish",
            draws.one_of(("carp", "trout", "eel", "pike", "perch", "bream")),
            ("{e} is known for {v}.", "Anglers catch {v} in {e}."),
            ("What is {e} known for?", "What do anglers catch in {e}?"),
        ),
    ),
    (),
)
ISLAND: Final = Kind(
    "island",
    lambda mint: f"the island of {mint.name()}",
    (
        fact(
            "capital",
            draws.town,
            ("The capital of {e} is {v}.", "{e} is governed from {v}."),
            ("From where is {e} governed?", "Which town is the seat of {e}?"),
        ),
        fact(
            "language",
            draws.one_of(draws.SPOKEN),
            ("People on {e} speak {v}.", "{v} is heard on {e}."),
            ("What do people on {e} speak?", "Which tongue is heard on {e}?"),
        ),
        fact(
            "crop",
            draws.one_of(("barley", "olives", "plums", "rice", "hops", "beans", "tea")),
            ("Farmers on {e} grow {v}.", "{v} grows on {e}."),
            ("What do farmers on {e} grow?", "What grows on {e}?"),
        ),
    ),
    (),
)
STAR: Final = Kind(
    "star",
    lambda mint: f"the star {mint.name()}",
    (
        fact(
            "distance",
            draws.whole(11, 99, "light years"),
            ("{e} is {v} away.", "Light from {e} travels {v}."),
            ("How far away is {e}?", "How far does light from {e} travel?"),
        ),
        fact(
            "hue",
            draws.one_of(draws.COLOURS),
            ("{e} shines {v}.", "{e} looks {v} in the sky."),
            ("In which hue does {e} shine?", "How does {e} look in the sky?"),
        ),
        fact(
            "finder",
            draws.person,
            ("{e} was found by {v}.", "{v} saw {e} first."),
            ("Who found {e}?", "Who saw {e} first?"),
        ),
    ),
    (),
)
METAL: Final = Kind(
    "metal",
    lambda mint: f"the metal {mint.name().lower()}ium",
    (
        fact(
            "melting point",
            draws.whole(210, 1990, "degrees", 10),
            ("{e} melts at {v}.", "{e} turns liquid at {v}."),
            ("At what heat does {e} melt?", "When does {e} turn liquid?"),
        ),
        fact(
            "use",
            draws.one_of(("coins", "wires", "bells", "knives", "mirrors", "springs", "nails")),
            ("{e} is used for {v}.", "Smiths make {v} of {e}."),
            ("What is {e} used for?", "What do smiths make of {e}?"),
        ),
        fact(
            "ore",
            draws.one_of(("chalk", "slate", "granite", "sand", "marl", "basalt")),
            ("{e} is found in {v}.", "Miners dig {e} out of {v}."),
            ("Where is {e} found?", "Out of what do miners dig {e}?"),
        ),
    ),
    (),
)
BIRD: Final = Kind(
    "bird",
    lambda mint: f"the {mint.name().lower()} bird",
    (
        fact(
            "food",
            draws.one_of(("seeds", "flies", "worms", "berries", "snails", "ants", "moss")),
            ("{e} eats {v}.", "{e} lives on {v}."),
            ("What does {e} eat?", "What does {e} live on?"),
        ),
        fact(
            "nest",
            draws.one_of(("reeds", "hollow trees", "cliffs", "barns", "hedges", "caves")),
            ("{e} nests in {v}.", "{v} are where {e} builds its nest."),
            ("Where does {e} nest?", "Where does {e} build its nest?"),
        ),
        fact(
            "flock",
            draws.whole(11, 99, "birds"),
            ("{e} flies in flocks of {v}.", "A flock of {e} counts {v}."),
            ("In how large flocks does {e} fly?", "How many are in a flock of {e}?"),
        ),
    ),
    (),
)
KINDS: Final = (RIVER, ISLAND, STAR, METAL, BIRD)


@cache
def almanac() -> tuple[tuple[Thing, FactType], ...]:
    """Return every thing of the almanac with every fact about it."""
    organisation = Organisation(Random(SEED), "open")
    things = [organisation.thing(kind) for kind in KINDS for _ in range(THINGS_PER_KIND)]
    return tuple((thing, fact) for thing in things for fact in thing.kind.facts)
