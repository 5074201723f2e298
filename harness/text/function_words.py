"""Function words, negations, number words and date words of six languages.

All words of another language count as content words, and none of them as a negation.
"""

from typing import Final

from harness.text.language_files import language_file, words_of

FUNCTION_WORDS: Final = words_of("function_words")
FIRST_PERSON: Final = words_of("first_person")
"""singular; not Chinese, where the character is also part of the plural"""
NEGATIONS: Final = words_of("negations")
NUMBER_WORDS: Final = {
    word: str(value)
    for line in language_file("word_lists")["number_words"].splitlines()
    for value, word in enumerate(line.split(), start=2)
}
"""not the word for 1, which is an article in half of the languages"""
DATE_WORDS: Final = words_of("date_words")
