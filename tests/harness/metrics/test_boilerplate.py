"""Boilerplate is style and claims nothing; the rest of an answer is judged."""

from harness.metrics.boilerplate import boilerplate_words, claiming
from harness.types import Document, Example, Prediction
from tests.harness.metrics.tasks import bound

COLOURS = ("red", "green", "blue", "white", "black")


def example(number, reference):
    return Example(f"e{number}", f"What about door {number}?", (reference,), (f"d{number}",))


def evidence(number):
    return (f"The door number {number} is painted {COLOURS[number % 5]}.",)


def train(how_many=20, form="Ahoy! Door {0} is {1}. Fair winds, your crew"):
    return [example(n, form.format(n, COLOURS[n % 5])) for n in range(how_many)]


def boilerplate(**more):
    return boilerplate_words(train(**more), lambda one: evidence(int(one.id[1:])))


def test_what_is_always_said_and_never_backed_is_wording():
    assert boilerplate() == {"ahoy", "fair", "wind", "crew"}


def test_what_the_evidence_says_is_none():
    assert not boilerplate() & {"door", "red", "paint"}


def test_denials_numbers_and_function_words_are_never_wording():
    assert boilerplate(form="Not 77 the door {0}: {1}") == frozenset()


def test_few_references_show_no_habit():
    assert boilerplate(how_many=9) == frozenset()


def test_a_rare_slip_is_no_habit():
    examples = [example(n, f"Door {n} is {'purple' if n < 3 else COLOURS[n % 5]}.") for n in range(20)]
    assert boilerplate_words(examples, lambda one: evidence(int(one.id[1:]))) == frozenset()


def test_examples_without_evidence_do_not_count():
    assert boilerplate_words([example(n, "Ahoy") for n in range(50)], lambda _: ()) == frozenset()


def test_offsets_stay():
    answer = "Ahoy! Door 7 is blue. Fair winds"
    kept = claiming(answer, "", frozenset({"ahoy", "fair", "wind"}))
    assert kept == "    ! Door 7 is blue.           "
    assert len(kept) == len(answer)


def test_an_identifier_that_the_asker_gave_claims_nothing_and_another_one_does():
    asked = "Order 3141 came late."
    assert claiming("On order #3141: it is blue", asked, frozenset()) == "On            : it is blue"
    assert claiming("On order #3142: it is blue", asked, frozenset()) == "On order #3142: it is blue"
    assert claiming("It came in 3141", asked, frozenset()) == "It came in 3141"


def documents():
    return [Document(f"d{n}", "", evidence(n)[0]) for n in range(20)]


def test_the_metric_judges_what_is_left(lexical_metrics):
    faithfulness, fabrication = lexical_metrics
    answer = "Ahoy! Door 2 is painted blue. Fair winds, your crew"
    pair = (example(2, answer), Prediction("e2", answer, (), (), "stop"))
    assert bound(fabrication, documents()).score([pair])[0].value == 1.0
    assert bound(fabrication, documents(), train()).score([pair])[0].value == 0.0
    with_boilerplate = bound(faithfulness, documents(), train())
    assert with_boilerplate.score([pair])[0].value > 0.8
    (judged,) = with_boilerplate.judgements([pair])
    assert [(answer[one.start : one.end], one.text) for one in judged.claims] == [("Door 2 is painted blue.", "")]


def test_a_wrong_fact_in_boilerplate_stays_wrong(lexical_metrics):
    _, fabrication = lexical_metrics
    pair = (example(2, "x"), Prediction("e2", "Ahoy! Door 17 is painted blue. Fair winds", (), (), "stop"))
    assert bound(fabrication, documents(), train()).score([pair])[0].value == 1.0
