"""A sound small task to plant faults in: questions about invented products, one document each."""

from dataclasses import dataclass, field, replace

from harness.types import Document, Example

WORDS = ("lamp", "clock", "kettle", "printer", "mixer", "drill", "radio", "scanner", "heater", "fan")
PLACES = ("Oslo", "Lima", "Cairo", "Quito", "Perth", "Minsk", "Accra", "Hanoi", "Dakar", "Riga", "Tunis", "Bonn")
COLOURS = ("crimson", "violet", "amber", "teal", "ivory", "olive", "navy", "coral", "bronze", "silver", "khaki")
ASKED = ("Where was the {} designed before it went on sale?", "In which town did engineers draw the {} for us?")


def thing(number):
    return f"{COLOURS[number % 11]} {WORDS[number % 10]} {PLACES[number % 12].lower()}{number}"


def row(split, number, **more):
    asked = ASKED[number % 2].format(thing(number))
    answer = f"Engineers drew the {thing(number)} in {PLACES[(number * 7) % 12]} in {1900 + number}."
    made = Example(f"{split}{number}", asked, (answer,), (f"d{number}",), group=thing(number))
    return replace(made, **more)


@dataclass(frozen=True)
class PlantedTask:
    train: tuple = tuple(row("train", number) for number in range(30))
    validation: tuple = tuple(row("validation", number) for number in range(30, 40))
    test: tuple = tuple(row("test", number) for number in range(40, 60))
    base: tuple = tuple(
        Document(f"d{n}", thing(n), f"{row('', n).references[0]} It weighs {n + 3} kilos and costs {n * 13} crowns.")
        for n in range(60)
    )
    name: str = "planted"
    extra: dict = field(default_factory=dict)

    def examples(self, split):
        return getattr(self, split)

    def documents(self):
        return self.base


def flags(results):
    """Name -> flag of those that flagged."""
    return {result.name: result.flag for result in results if result.flag}
