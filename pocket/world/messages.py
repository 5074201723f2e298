"""Messages of customers, in several moods, around one or two questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal, get_args

from pocket.world.names import GIVEN
from pocket.world.sentences import sentences

Mood = Literal["polite", "terse", "annoyed", "careless"]

OPENINGS: Final[Mapping[Mood, tuple[str, ...]]] = {
    "polite": ("Good morning.", "Dear team,", "Hello, I hope you are well.", "Good day to you.", "Dear support,"),
    "terse": ("", "", "Hi.", "Question:"),
    "annoyed": (
        "This is the third time I write.",
        "I am still waiting for an answer.",
        "Nobody picks up the phone.",
        "I have had enough of this.",
        "Your page is of no help.",
    ),
    "careless": ("hi there", "hello", "hey", "hi again"),
}
ORDERS: Final = (
    "My order number is {order}.",
    "It is about order {order}.",
    "Order {order}.",
    "I placed order {order} last week.",
)
SETTINGS: Final = sentences("settings")
CLOSINGS: Final[Mapping[Mood, tuple[str, ...]]] = {
    "polite": ("Many thanks, {name}", "Thank you for your help. {name}", "Kind regards, {name}", "Yours, {name}"),
    "terse": ("", "", "{name}", "Thanks."),
    "annoyed": ("I expect an answer today.", "This is not good enough. {name}", "Please be quick.", "Last warning."),
    "careless": ("thx", "cheers {name}", "tnx {name}", "ok bye"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """What a customer writes."""

    text: str
    """the message"""
    mood: Mood
    """how it is written"""
    order: str
    """the order number in it; "" for none"""


def message(rng: Random, questions: Sequence[str]) -> Message:
    """Return a message that asks the questions."""
    mood: Mood = rng.choice(get_args(Mood))
    order = str(rng.randint(10000, 99999)) if rng.random() < 0.4 else ""
    parts = [
        rng.choice(OPENINGS[mood]),
        rng.choice(ORDERS).replace("{order}", order) if order else "",
        rng.choice(SETTINGS),
        *_asked(questions),
        rng.choice(CLOSINGS[mood]).replace("{name}", rng.choice(GIVEN)),
    ]
    if mood == "careless":
        parts = [_mistyped(rng, part) for part in parts]
    return Message(" ".join(part for part in parts if part), mood, order)


def _asked(questions: Sequence[str]) -> list[str]:
    return [questions[0], *(f"And one more thing: {question}" for question in questions[1:])]


def _mistyped(rng: Random, text: str) -> str:
    """Swap two letters inside some small words; names and numbers stay readable."""
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) > 3 and word.isalpha() and word.islower() and rng.random() < 0.25:
            cut = rng.randint(1, len(word) - 2)
            words[place] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)
