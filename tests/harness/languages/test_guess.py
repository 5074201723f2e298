"""Languages guessed from a sentence."""

import pytest

from harness.languages.guess import guessed

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
