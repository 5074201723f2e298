"""Where a sentence ends, in six languages; cases worked out by hand."""

import pytest

from harness.text.sentences import bounds, sentences

CASES = {
    "I met Dr. Smith. He left.": ["I met Dr. Smith.", "He left."],
    "See No. 5. It is red.": ["See No. 5.", "It is red."],
    "The answer is no. We are closed.": ["The answer is no.", "We are closed."],
    "It costs 12. Please pay.": ["It costs 12.", "Please pay."],
    "“Stop!” he said. (He did.) Then silence…": ["“Stop!”", "he said.", "(He did.)", "Then silence…"],
    "Version 3.5 is out.\nTry it": ["Version 3.5 is out.", "Try it"],
    "Am 3. Mai kam z. B. Herr Prof. Maier. Danach regnete es.": [
        "Am 3. Mai kam z. B. Herr Prof. Maier.",
        "Danach regnete es.",
    ],
    "M. Dupont habite ici. Et vous ?": ["M. Dupont habite ici.", "Et vous ?"],
    "¿Quién es? El Sr. López. ¡Claro!": ["¿Quién es?", "El Sr. López.", "¡Claro!"],
    "Это было 3 мая. А. С. Пушкин жил здесь.": ["Это было 3 мая.", "А. С. Пушкин жил здесь."],
    "他来了。你呢？我很好！": ["他来了。", "你呢？", "我很好！"],
    "他说：“我不去。”然后走了。": ["他说：“我不去。”", "然后走了。"],
    "价格是3.5元；数量是2。": ["价格是3.5元；", "数量是2。"],
    "": [],
    "...": [],
}


@pytest.mark.parametrize("text", CASES, ids=range(len(CASES)))
def test_sentences(text):
    assert sentences(text) == CASES[text]


@pytest.mark.parametrize("text", [*CASES, "a. b! c\n\nd"])
def test_the_stretches_are_the_whole_text(text):
    assert "".join(text[start:end] for start, end in bounds(text)) == text
