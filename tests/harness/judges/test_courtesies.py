"""Where politeness ends and a statement begins, in six languages."""

import pytest

from harness.judges.claims import claims

OPENED_BY_COURTESY = [
    "Thank you for asking, the museum opened in 1984.",
    "Thanks for your question! The museum is free.",
    "Thank you for asking, it is free.",
    "I'm sorry to hear that, but the museum closed in 1984.",
    "I hope this helps, and the museum opened in 1984.",
    "You're welcome, the tower is 90 metres tall.",
    "Vielen Dank für Ihre Frage, das Museum wurde 1984 eröffnet.",
    "Danke der Nachfrage, das Museum ist kostenlos.",
    "Merci de votre question, le musée a ouvert en 1984.",
    "Merci, le musée est gratuit.",
    "Gracias por preguntar, el museo abrió en 1984.",
    "Спасибо за вопрос, музей открылся в 1984 году.",
    "谢谢您的提问，博物馆于1984年开放。",
    "谢谢，博物馆是免费的。",
    "Feel free to call 0800 123456.",
    "Let me know if you need anything, the museum closes at five.",
    "Thanksgiving is celebrated in November.",
    "Thank you for asking, Marie Curie discovered polonium and radium.",
    "I apologize for the delay, your parcel was lost by the courier.",
]

COURTESY_ALONE = [
    "Please let me know if you need anything else.",
    "Let me know if you need anything else!",
    "Thank you for your patience.",
    "Thank you for your time and patience.",
    "Thank you, Anna!",
    "Thank you for contacting us, have a great day!",
    "Please let me know if you'd like a taxi, a train or a bus.",
    "Please let me know if you would like to hear about the museum's history, opening hours or ticket prices.",
    "You're welcome, have a nice day and a safe trip!",
    "Let me know if there is anything else I can help you with, I'm happy to help.",
    "Thank you, I'll be happy to help you with anything else.",
    "Bitte lassen Sie mich wissen, wenn Sie noch etwas brauchen.",
    "Danke, dass Sie uns kontaktiert haben.",
    "N'hésitez pas à me contacter si vous avez besoin d'autre chose.",
    "Merci de votre patience.",
    "No dude en contactarnos si necesita algo más.",
    "Gracias por su paciencia y comprensión.",
    "Обращайтесь, если будут вопросы.",
    "Спасибо за обращение!",
    "如有其他问题，请随时告诉我。",
    "如有任何问题，欢迎联系我们。",
    "谢谢您的耐心等待。",
    "感謝您的來信。",
    "I'm sorry to hear that.",
    "Feel free to ask if you have any questions, and have a great day.",
]


@pytest.mark.parametrize("answer", OPENED_BY_COURTESY)
def test_what_follows_a_courtesy_is_a_claim(answer):
    assert claims(answer)


@pytest.mark.parametrize("answer", COURTESY_ALONE)
def test_courtesy_alone_claims_nothing(answer):
    assert claims(answer) == []


def test_the_claim_is_what_stands_after_the_courtesy():
    answer = "It is tall. Thank you for asking, the museum opened in 1984."
    assert [answer[slice(*one.span)] for one in claims(answer)] == ["It is tall.", "the museum opened in 1984."]


def test_a_number_to_call_can_be_checked():
    assert claims("Feel free to call 0800 123456.")
    assert claims("Feel free to call us.") == []
