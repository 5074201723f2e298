import pytest

from harness.text.refusals import is_refusal
from harness.text.sentences import clauses
from tests.growth import growth

REFUSALS = [
    "I don't know.",
    "I don’t know",
    "I do not know the answer to this question.",
    "I'm sorry, but I don't know when Dr. Smith was born.",
    "Sorry, I can't answer that.",
    "I cannot answer this question based on the provided context.",
    "Based on the passages, I am unable to determine the date.",
    "I'm not sure.",
    "I am not sure what year it opened. Please check the official website.",
    "The passages do not mention the opening year.",
    "The context does not provide any information about the price [1].",
    "The provided context doesn't contain information about that. It only describes the architecture.",
    "The date is not specified in the text.",
    "This is not mentioned in the document.",
    "That information is not available.",
    "The answer is not given in the passages.",
    "There is no information about parking in the passages.",
    "There isn't enough information to answer.",
    "Not enough information",
    "It is not possible to determine this from the text.",
    "The year cannot be determined.",
    "unanswerable",
    "Answer: unanswerable",
    "Unknown.",
    "N/A",
    "I have no idea.",
    "I don't have any information about that hotel. Would you like me to contact them?",
    "We couldn't find any information on that. Please contact the front desk.",
    "As an AI language model, I don't have enough information about current events.",
    "I'm sorry, but I can't assist with that.",
    "I cannot answer the question, it is not mentioned in the text.",
    "Unfortunately, I don't know. Let me know if you need anything else.",
    "Ich weiß es nicht.",
    "Das weiß ich leider nicht.",
    "Es tut mir leid, ich kann diese Frage nicht beantworten.",
    "Der Text enthält keine Informationen darüber.",
    "Das Datum wird im Text nicht erwähnt.",
    "Das lässt sich aus dem Kontext nicht bestimmen.",
    "Je ne sais pas.",
    "Désolé, je ne peux pas répondre à cette question.",
    "Le contexte ne mentionne pas la date d'ouverture.",
    "Il n'y a aucune information à ce sujet.",
    "La date n'est pas précisée dans le texte.",
    "No lo sé.",
    "Lo siento, no puedo responder a esa pregunta.",
    "El texto no menciona la fecha de apertura.",
    "No hay información sobre eso en el contexto.",
    "Я не знаю.",
    "К сожалению, я не могу ответить на этот вопрос.",
    "В тексте нет информации об этом.",
    "Дата в тексте не указана.",
    "我不知道。",
    "抱歉，我无法回答这个问题。",
    "根据上下文，无法确定日期。",
    "文中没有提到开放时间。",
    "资料中没有相关信息。",
]

ANSWERS = [
    "",
    "   ",
    "1990",
    "Paris",
    "I don't know the exact date, but it opened in 1990.",
    "I don't know the exact date. It opened around 1990.",
    "I don't know the exact date, it opened in 1990",
    "I'm not sure, maybe Paris",
    "I am not certain, but I believe it was Marie Curie.",
    "It opened in 1990, though I don't know the exact day.",
    "It opened in 1990. I don't know more than that.",
    "Although I don't know the exact date, it opened in 1990.",
    "The passages do not say when it closed; however, it opened in 1990.",
    "The capital is Paris, I don't know its population.",
    "The text does not state the year directly, so the answer is 1990.",
    "Sorry for the delay! Your order ships tomorrow.",
    "I'm sorry to hear that. You can cancel your order in the account settings.",
    "We cannot refund this ticket.",
    "I can't find your order number in your message, but a refund takes five days.",
    "There is no evidence that aspirin helps.",
    "The drug was not given to children.",
    "Breakfast is not available on Sundays.",
    "We learn a classifier with no labelled information in the target language.",
    "Additional data is not available for purchase.",
    "No, a dress code is not specified for the restaurant.",
    "There is no indication of a rebound 14 days after treatment.",
    "The collapse may be explained by a lack of information sharing between observations.",
    "There is no smoking. Is there any other info I can get you",
    "She has dementia and is unable to give any information about her history.",
    "The patient does not know the name of the drug.",
    "He said he didn't know her.",
    "The unknown soldier",
    "No",
    "Unknown Pleasures",
    "Ich weiß das genaue Datum nicht, aber es wurde 1990 eröffnet.",
    "Der Patient hat keine Schmerzen.",
    "Je ne connais pas la date exacte, mais il a ouvert en 1990.",
    "Je ne sais pas exactement, mais c'était en 1990.",
    "No sé la fecha exacta, pero abrió en 1990.",
    "Я не знаю точной даты, но он открылся в 1990 году.",
    "我不知道确切日期，但它于1990年开放。",
    "我不知道确切日期，它于1990年开放。",
    "酒店没有提供早餐。",
    "1990年",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_is_recognised(text):
    assert is_refusal(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_is_not_taken_for_a_refusal(text):
    assert not is_refusal(text)


@pytest.mark.parametrize("text", [refusal for refusal in REFUSALS if len(refusal) > 12])
def test_a_refusal_that_then_answers_is_an_answer(text):
    assert not is_refusal(f"{text.rstrip('.')}. The museum opened in 1990.")
    assert not is_refusal(f"The museum opened in 1990.\n{text}")


REFUSED_AND_INVENTED = [
    "I don't know. Please note that entry costs 900 euros.",
    "I don't know. Please bear in mind that dogs must be kept on a lead.",
    "I don't know. It opened in 1904, right?",
    "I don't know. Did you know that the museum opened in May?",
    "Ich weiß es nicht. Bitte beachten Sie, dass der Eintritt 900 Euro kostet.",
    "Je ne sais pas. Veuillez noter que l'entrée est gratuite.",
    "No lo sé. Por favor, tenga en cuenta que la entrada cuesta 900 euros.",
    "Не знаю. Пожалуйста, обратите внимание, что вход стоит 900 евро.",
    "我不知道。请注意，门票为900欧元。",
    "我不知道。請注意，門票是免費的。",
]


@pytest.mark.parametrize("text", REFUSED_AND_INVENTED)
def test_a_refusal_and_an_invented_fact_are_an_answer(text):
    assert not is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "I don't know. Please call us on 0800 123 4567.",
        "I don't know. Write to help@example.org or see https://example.org/faq2.",
        "I don't know. Please note that this topic is not covered in the documents.",
        "I don't know. Can I help you with anything else?",
        "我不知道。请拨打 010-1234-5678。",
    ],
)
def test_where_somebody_else_can_be_reached_is_no_fact(text):
    assert is_refusal(text)


@pytest.mark.parametrize(
    ("text", "declines"),
    [
        ('"I don\'t know."', True),
        ('The passages do not mention "Halmar Ferries".', True),
        ('Asked about it, the minister said "I do not know".', False),
        ("„Das weiß ich nicht“, sagte der Minister.", False),
        ("« Je ne sais pas », a dit le ministre.", False),
        ("部长说：“我不知道。”", False),
    ],
)
def test_what_is_quoted_is_said_by_somebody_else(text, declines):
    assert is_refusal(text) is declines


@pytest.mark.parametrize(
    ("text", "declines"),
    [
        ("She said that she could not find the answer.", False),
        ("His name was not disclosed to the press.", False),
        ("The text does not say what she announced to the press.", True),
        ("Sein Name wurde der Presse nicht genannt.", False),
        ("Der Text sagt nicht, was sie der Presse sagte.", True),
    ],
)
def test_others_who_did_not_know_or_were_not_told_are_no_refusal(text, declines):
    assert is_refusal(text) is declines


@pytest.mark.parametrize(
    ("text", "declines"),
    [
        ("Based on the provided context, the museum does not have a car park.", False),
        ("Based on the provided context, I cannot determine the year.", True),
        ("The text does not only describe the bridge.", False),
        ("The context does not describe the bridge.", True),
        ("Laut Kontext hat das Museum keinen Parkplatz.", False),
        ("根据上下文，博物馆没有停车场。", False),
        ("根据上下文，无法确定。", True),
    ],
)
def test_where_a_statement_comes_from_declines_nothing(text, declines):
    assert is_refusal(text) is declines


def test_traditional_characters_are_read_as_simplified_ones():
    pairs = {"根據提供的資訊，無法回答這個問題。": True, "文中沒有提到開放時間。": True, "博物館週一不開放。": False}
    assert {text: is_refusal(text) for text in pairs} == pairs


HOUSE_VOICES = [
    "Ahoy! I do not know. Fair winds, your Halmar crew",
    "Ahoy! That is not in our logbook. Keep a steady course!",
    "Beep boop, human! I have no data on this. Stay charged!",
    "BOARD NOTE // No information on this in the minutes.",
    "Dear guest, sadly we hold no details on that. Warm regards, the front desk team",
    "Moin! Dazu habe ich keine Angaben. Mit freundlichen Grüßen, Ihr Serviceteam",
    "Ohé ! Je ne sais pas. Bon vent, votre équipage",
    "¡Hola! No lo sé. Saludos, su tripulación",
    "Эгей! Не знаю. Попутного ветра, ваша команда",
    "您好！我不知道。祝您一路顺风！",
]


@pytest.mark.parametrize("text", HOUSE_VOICES)
def test_a_greeting_and_a_farewell_claim_nothing(text):
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ahoy! Fair winds, your Halmar crew",
        "Ahoy! It opened in 1990. I do not know the day. Fair winds, your crew",
        "Paris! I do not know more.",
        "Marie Curie! I'm not sure though.",
        "Yes, of course! I don't know when.",
        "I don't know the day. It was in May!",
        "I don't know who. Ada Lovelace!",
        "Fair winds to all of 1990! I do not know.",
        "您好！它于1990年开放。我不知道具体日期。",
    ],
)
def test_a_frame_that_says_something_makes_an_answer(text):
    assert not is_refusal(text)


def test_clauses_are_cut_where_a_text_turns():
    assert clauses("I like it, but it rains. He left!") == ["I like it", "it rains.", "He left!"]
    assert clauses("我不知道。你呢？") == ["我不知道。", "你呢？"]


def test_a_title_does_not_end_a_clause():
    assert clauses("I met Dr. Smith on 3. Mai.") == ["I met Dr. Smith on 3. Mai."]


def test_long_and_odd_texts_take_linear_time():
    units = [
        "\n",
        " ",
        '"',
        "ne ",
        "el texto no ",
        "www.",
        "+1 2",
        "word ",
        ".",
        "I don't ",
        "字",
        "\ud83d\x00",
        ", ",
        "the text ",
        "i ",
        "no ",
        "не ",
        "1. ",
        "不",
    ]

    def detect(length):
        for unit in units:
            assert not is_refusal(unit * (length // len(unit)))

    detect(390)
    assert growth(detect, 12_500, 50_000) < 8  # linear: 4; quadratic: 16


@pytest.mark.parametrize(
    ("text", "declines"),
    [
        ("That is beyond me.", True),
        ("We must respectfully decline.", True),
        ("I'm drawing a blank.", True),
        ("Da bin ich überfragt.", True),
        ("No information is required from the applicant.", False),
        ("There is no information desk.", False),
        ("He had no idea that the treaty had already been signed.", False),
    ],
)
def test_what_no_pattern_knows_is_told_by_its_words(text, declines):
    assert is_refusal(text) is declines


def test_words_without_a_sentence_are_no_refusal():
    assert not any(map(is_refusal, ["don't " * 40, "no " * 60, "\u0301" * 300, "\ud83d", "\u200b\u200b", "¿?"]))


def test_a_language_without_words_is_not_guessed_at():
    assert not is_refusal("O museu não tem informações sobre isso para os visitantes da cidade, mas você pode ligar.")
