import pytest

from pipelines.rag.lexical import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a 5 Q4 C++ the", ["a", "5", "q4", "c", "the"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("漢字 test 漢", ["漢", "字", "test", "漢"]),
        ("abc漢字def", ["abc", "漢", "字", "def"]),
        ("ひらがなカ", ["ひ", "ら", "が", "な", "カ"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("Привет, мир!", ["привет", "мир"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("ﬁnd ＡＢＣ", ["find", "abc"]),
        ("😀 !? –", []),
        ("", []),
    ],
)
def test_words_of_many_scripts(text, expected):
    assert words(text) == expected


def test_composed_and_decomposed_accents_are_one_word():
    assert words("café") == words("cafe\u0301") == ["café"]


def test_thai_characters_keep_their_marks():
    assert words("ที่") == ["ที่"]
