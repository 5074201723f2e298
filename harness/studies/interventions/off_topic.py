"""Documents about something else than any task: gardens, weather, kitchens. They make an index larger and no harder.

A curve of such filler alone flatters retrieval; it stands beside one of look-alikes to show by how much.
"""

from collections.abc import Iterator
from random import Random
from typing import Final

from harness.types import Document

PREFIX: Final = "off-topic"
"""how the ids of these documents begin"""
SENTENCES: Final = 5
THEMES: Final = {
    "gardens": (
        ("roses", "tulips", "apple trees", "beans", "hedges", "lawns"),
        ("like a sunny corner", "want water in dry weeks", "are cut back in winter", "attract bees", "grow slowly"),
    ),
    "weather": (
        ("fog", "thunder", "a mild breeze", "hail", "the first frost", "a long drought"),
        ("comes with the change of season", "keeps sailors at home", "is hard to foretell", "passes by evening"),
    ),
    "kitchens": (
        ("soup", "bread", "a good sauce", "stewed fruit", "pastry", "fresh pasta"),
        ("takes patience", "is best with a pinch of salt", "should rest before it is served", "keeps for two days"),
    ),
    "music": (
        ("a violin", "choirs", "an old piano", "drums", "folk songs", "a slow waltz"),
        ("sounds warm in a small hall", "needs daily practice", "is tuned by ear", "makes people dance"),
    ),
    "animals": (
        ("owls", "hedgehogs", "horses", "swallows", "foxes", "frogs"),
        ("sleep through the cold months", "are seen at dusk", "learn from their parents", "keep to the same paths"),
    ),
}
FRAMES: Final = (
    "{thing} {does}.", "It is often said that {thing} {does}.", "As a rule, {thing} {does}.",
    "Those who know {theme} say that {thing} {does}.", "In most years {thing} {does}.",
)  # fmt: skip


def off_topic_documents(count: int, draw: int) -> Iterator[Document]:
    """Yield so many documents; those of a smaller count are the first of a larger."""
    names = list(THEMES)
    for number in range(count):
        rng = Random(f"off-topic/{draw}/{number}")
        theme = names[number % len(names)]
        things, doings = THEMES[theme]
        sentences = (
            rng.choice(FRAMES).format(thing=rng.choice(things), does=rng.choice(doings), theme=theme)
            for _ in range(SENTENCES)
        )
        text = " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences)
        yield Document(f"{PREFIX}-{number}", f"Notes on {theme}, part {number + 1}", text)
