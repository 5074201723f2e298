import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.tokenizers import DefaultTokenizer

from harness.text.tokens import words


@given(st.text(st.characters(min_codepoint=0, max_codepoint=126)))
def test_ascii_words_are_those_of_rouge_score(text):
    assert words(text) == DefaultTokenizer(use_stemmer=False).tokenize(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Привет, мир!", ["привет", "мир"]),
        ("l’été à Zürich", ["l", "été", "à", "zürich"]),
        ("北京大学2024年", ["北", "京", "大", "学", "2024", "年"]),
        ("Tシャツ", ["t", "シ", "ャ", "ツ"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("", []),
        ("?!。", []),
    ],
)
def test_words_of_other_scripts(text, expected):
    assert words(text) == expected
