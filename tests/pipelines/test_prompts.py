from harness.types import Example, Passage, Turn
from pipelines.prompts import ContextWindow, Prompt, fit

PROMPT = Prompt(passages_heading="Passages:", input_heading="Input:")


def passage(number):
    return Passage(f"d{number}", f"text {number}", 0, 6, 1.0, title=f"T{number}" if number == 1 else "")


def example(text):
    return Example("e", text, ("yes",), ())


def words(turns):
    return sum(len(turn.content.split()) for turn in turns)


def test_without_passages_the_user_turn_is_the_input_alone():
    assert PROMPT.turns("Answer.", "Why?", ()) == (Turn("system", "Answer."), Turn("user", "Why?"))


def test_passages_are_numbered_before_the_input():
    user = PROMPT.turns("Answer.", "Why?", [passage(1), passage(2)])[-1].content
    assert user == "Passages:\n[1] T1\ntext 1\n\n[2] text 2\n\nInput:\nWhy?"


def test_conversation_keeps_its_turns_and_passages_go_to_the_last():
    conversation = (Turn("system", "Be kind."), Turn("user", "Hi"), Turn("assistant", "Hello"), Turn("user", "Why?"))
    turns = PROMPT.turns("Answer.", conversation, [passage(2)])
    assert [turn.role for turn in turns] == ["system", "user", "assistant", "user"]
    assert turns[0].content == "Answer.\n\nBe kind."
    assert turns[1].content == "Hi"
    assert turns[3].content.endswith("Input:\nWhy?")


def test_a_chat_that_brings_its_system_turn_needs_no_instruction():
    conversation = (Turn("system", "Be kind."), Turn("user", "Why?"))
    assert PROMPT.turns("", conversation, ()) == conversation


def test_passages_are_dropped_from_the_tail_until_it_fits():
    whole = PROMPT.turns("Answer.", "Why?", [passage(1), passage(2), passage(3)])
    fitted = fit(
        PROMPT,
        "Answer.",
        example("Why?"),
        [passage(n) for n in (1, 2, 3)],
        ContextWindow(words, words(whole) - 1, False),
    )
    assert [one.document_id for one in fitted.passages] == ["d1", "d2"]
    assert (fitted.dropped, fitted.input_cut, fitted.error) == (1, False, "")


def test_a_question_is_never_cut():
    fitted = fit(PROMPT, "Answer.", example("one two three four"), [passage(1)], ContextWindow(words, 3, False))
    assert "needs 5 tokens" in fitted.error
    assert fitted.dropped == 1


def test_a_document_loses_its_end_and_it_is_said():
    fitted = fit(PROMPT, "Answer.", example("one two three four five six"), [passage(1)], ContextWindow(words, 4, True))
    assert fitted.turns[-1].content == "one two three"
    assert fitted.input_cut
    assert fitted.dropped == 1


def test_instruction_alone_too_long_is_an_error_even_for_documents():
    assert fit(PROMPT, "A b c d.", example("one two"), [], ContextWindow(words, 3, True)).error


def test_without_a_known_window_everything_fits():
    assert fit(PROMPT, "A.", example("x " * 9999), [passage(1)], ContextWindow(words, None, False)).dropped == 0


def cut(text, room, away):
    return fit(PROMPT, "Answer.", example(text), [], ContextWindow(words, room, away)).turns[-1].content


def test_what_is_cut_away_is_what_the_task_says():
    text = "zero one two three four five six seven eight nine"
    assert cut(text, 4, "end") == cut(text, 4, True) == "zero one two"
    assert cut(text, 4, "start") == "seven eight nine"
    assert cut(text, 6, "middle") == "zero one\n[…]\neight nine"


CHAT = (
    Turn("system", "Be kind."),
    Turn("user", "one " * 10),
    Turn("assistant", "two " * 10),
    Turn("user", "three " * 10),
    Turn("assistant", "four " * 10),
    Turn("user", "five " * 10),
)


def chat(room, passages=(), cut="end"):
    return fit(PROMPT, "Answer.", Example("e", CHAT, ("yes",), ()), passages, ContextWindow(words, room, cut))


def test_a_long_conversation_loses_its_oldest_turns_and_keeps_the_system_and_the_last():
    assert not chat(53).input_cut
    kept = chat(52)
    assert kept.input_cut
    assert [turn.content.split()[0] for turn in kept.turns] == ["Answer.", "three", "four", "five"]
    assert kept.turns[0].content == "Answer.\n\nBe kind."
    assert [turn.content.split()[0] for turn in chat(15).turns] == ["Answer.", "five"]
    assert chat(9).turns[-1].content == "five five five five five five"  # then the last turn is cut as a text is
    assert "needs 53 tokens" in chat(52, cut=None).error


def test_old_turns_make_room_for_passages_down_to_half_of_the_window():
    passages = [passage(n) for n in (2, 3, 4)]  # 3 words each, and two headings
    whole = chat(64, passages)
    assert (whole.dropped, whole.input_cut) == (0, False)
    less = chat(63, passages)
    assert (less.dropped, less.input_cut, len(less.turns)) == (0, True, 4)
    many = chat(60, [passage(n) for n in range(2, 42)])  # 33 words of the chat are more than half, 13 are not
    assert [turn.content.split()[0] for turn in many.turns] == ["Answer.", "Passages:"]
    assert len(many.passages) == 15


def test_a_cut_conversation_with_the_passages_shown_is_the_same_again():
    for room in range(12, 70):
        once = chat(room, [passage(n) for n in range(2, 9)])
        if once.input_cut:
            again = chat(room, once.passages)
            assert (again.turns, again.passages) == (once.turns, once.passages)


def test_a_cut_conversation_begins_with_the_user():
    greeted = (Turn("assistant", "hello " * 30), *CHAT[1:])
    asked = Example("e", greeted, ("yes",), ())
    turns = fit(PROMPT, "Answer.", asked, [], ContextWindow(words, 60, "start")).turns
    assert [turn.role for turn in turns[1:]] == ["user", "assistant", "user"]
