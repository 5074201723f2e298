import dataclasses

from harness.store.records import records
from harness.store.records.prompt_pieces import pieces
from harness.types import Example, Passage, Prediction
from tests.harness.records import build_record

HEAD = "<s>Answer.\nPassages:\n[1] "


def make_record():
    shared = Passage("d1", "Rain falls.", 0, 11, 0.5)
    other = Passage("d2", "Sun shines.", 0, 11, 0.4)
    examples = tuple(Example(f"e{place}", f"Question {place}?", ("!",), ()) for place in range(20))
    prompts = [f"{HEAD}Rain falls.\n\n[2] Sun shines.\n\nInput:\n{example.input}</s>" for example in examples]
    predictions = tuple(
        Prediction(
            example.id,
            "!",
            (shared, other),
            (),
            "stop",
            prompt=pieces(prompt, [shared.text, other.text, str(example.input)]),
        )
        for example, prompt in zip(examples, prompts, strict=True)
    )
    return build_record(examples=examples, predictions=predictions), prompts


def test_pieces_join_to_the_prompt_and_hold_what_is_shared():
    assert pieces("a [1] xx b yy", ["xx", "yy"]) == ("a [1] ", "xx", " b ", "yy")
    assert pieces("nothing of it", ["xx", ""]) == ("nothing of it",)
    assert pieces("yy xx", ["xx", "yy"]) == ("yy ", "xx")
    assert pieces("", ["xx"]) == ()


def test_a_record_gives_every_prompt_back_to_the_character(tmp_path):
    record, prompts = make_record()
    path = tmp_path / "rag.jsonl"
    records.write(record, path)
    back = records.read(path)
    assert back == record
    assert ["".join(prediction.prompt) for prediction in back.predictions] == prompts


def test_no_text_is_written_twice(tmp_path):
    record, _ = make_record()
    path = tmp_path / "rag.jsonl"
    records.write(record, path)
    text = path.read_text()
    assert text.count("Answer.") == text.count("Rain falls.") == text.count("Question 7?") == 1


def test_a_record_without_prompts_reads_as_before(tmp_path):
    record, _ = make_record()
    bare = tuple(dataclasses.replace(one, prompt=()) for one in record.predictions)
    path = tmp_path / "rag.jsonl"
    records.write(dataclasses.replace(record, predictions=bare), path)
    assert '"prompt"' not in path.read_text()
    assert records.read(path).predictions == bare
