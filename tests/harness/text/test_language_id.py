"""Languages guessed from a sentence."""

import pytest

from harness.text.language_id import guessed, guessed_together

SENTENCES = {
    "The pump was made in the town and it is not for sale.": "en",
    "Die Pumpe ist nicht für den Verkauf, und das ist gut.": "de",
    "La pompe est dans le magasin, mais elle n'est pas pour les clients.": "fr",
    "La bomba no está en la tienda, y por eso se vende en el mercado.": "es",
    "La pompa non è nel negozio, ma gli operai sono con il capo.": "it",
    "A bomba não está na loja, e por isso foi para o mercado com os outros.": "pt",
    "Насос не для продажи, но он в магазине.": "ru",
    "水泵在商店里。": "zh",
    "ポンプは店にあります。": "ja",
    "펌프는 가게에 있다.": "ko",
    "المضخة في المتجر": "ar",
    "312": "",
    "": "",
    "Ahoy!": "",
}


@pytest.mark.parametrize("text", SENTENCES, ids=range(len(SENTENCES)))
def test_the_language_of_a_sentence(text):
    assert guessed(text) == SENTENCES[text]


REPEATED = "END _ a sick foreman\n" * 30
BROKEN = "NOARD NOTE // 6000 crowns of 6900 crowns\nstate // 6000 crowns of 6900 crowns\nplan _ a bad weather"


@pytest.mark.parametrize("text", [REPEATED, BROKEN, "a a a a a a", "to to to do do do se se"])
def test_a_word_that_is_repeated_proves_nothing(text):
    assert guessed(text) in ("", "en")


def test_names_do_not_make_a_language():
    assert guessed("The museum of Dvořák and of Janáček was opened by the mayor of Brno.") == "en"


SHORT = {
    "cs": ["V roce 1984.", "Nevím.", "Ano, je to zdarma.", "Na náměstí.", "Byl to Karel.", "Je to v přízemí."],
    "pl": ["W 1984 roku.", "Nie wiem.", "Muzeum jest otwarte codziennie.", "Na rynku.", "To był Jan."],
    "it": ["Nel 1984.", "Non lo so.", "Il museo è aperto.", "Sì, è gratis.", "La piazza del mercato."],
    "ja": ["知りません。", "はい。", "東京です。"],
    "en": ["In 1984.", "I don't know.", "Paris", "Yes, it is.", "The museum.", "a sick foreman"],
    "": ["1984", "Paris", "42", "Halmar"],
}


@pytest.mark.parametrize("code", SHORT)
def test_short_texts_tell_together(code):
    assert guessed_together(SHORT[code]) == code


def test_no_texts_tell_nothing():
    assert guessed_together([]) == ""


@pytest.mark.parametrize("text", ["te {}", "Population, Los Angeles district {}", "Par value, bond {}", "de la {}"])
def test_words_that_stand_in_every_text_make_no_language(text):
    assert guessed_together(text.format(number) for number in range(50)) == ""
    asked = ("What is it?", "Who is it for?", "Where was that?", "When was it to be?")
    assert guessed_together(f"{text.format(number)} {asked[number % 4]}" for number in range(50)) == "en"


def test_few_names_among_many_texts_make_no_language():
    names = ("Los Angeles", "El Paso", "La Paz", "San Juan de la Cruz")
    assert guessed_together((*names, *(f"item {number}" for number in range(100)))) == ""
