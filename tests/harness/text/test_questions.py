"""What only asks and what merely ends in a question mark, in six languages."""

import pytest

from harness.judges.claims import claims
from harness.text.questions import stretches

DRESSED = [
    "The museum opened in 1904?",
    "It opened in 1904, right?",
    "Did you know that the museum opened in 1904?",
    "Did you know the tower is green?",
    "Das Museum wurde 1904 eröffnet, nicht wahr?",
    "Das Museum öffnete 1904?",
    "Wussten Sie, dass das Museum 1904 eröffnet wurde?",
    "Le musée a ouvert en 1904, n'est-ce pas ?",
    "Le musée a ouvert en 1904 ?",
    "Saviez-vous que le musée a ouvert en 1904 ?",
    "¿El museo abrió en 1904?",
    "El museo abrió en 1904, ¿verdad?",
    "¿Sabía usted que el museo abrió en 1904?",
    "Музей открылся в 1904 году?",
    "Музей открылся в 1904 году, не так ли?",
    "А вы знали, что музей открылся в 1904 году?",
    "博物馆于1904年开放吗？",
    "博物馆于1904年开放吧？",
    "博物馆于1904年开放，对吗？",
    "你知道博物馆于1904年开放吗？",
    "你知道吗，博物馆是免费的？",
    "博物館於1904年開放嗎？",
    "The museum opened in 1904, do you like museums?",
    "It is free, isn't it?",
    "You know the museum opened in 1904?",
    "Alexander Fleming discovered penicillin?",
    "More than 3 million people visited in 1904?",
    "Did you know more than 3 million people visited in 1904?",
    "The museum which opened in 1904 is closed?",
    "Tous les musées sont fermés le lundi ?",
    "War broke out in 1904?",
    "The museum opened in 1904?!",
    '"The museum opened in 1904?"',
    "Because the museum opened in 1904, would you like a tour?",
    "¿Sabías que la torre es verde?",
    "Isn't it strange that the museum opened in 1904?",
    "Can you believe the museum opened in 1904?",
    "It opened in 1904, don't you think?",
    "Saviez-vous qu'il a ouvert en 1904 ?",
]

TRUE = [
    "Do you like cooking?",
    "Would you like me to book it?",
    "You like cooking?",
    "Any favourites?",
    "What would you like, a taxi or a train?",
    "Would you like to know more about the museum, the park in front of it or the old bridge?",
    "Have you been to the museum and the old castle on the hill?",
    "If you like museums, would you like to visit the Louvre?",
    "Kochen Sie gern?",
    "Möchten Sie, dass ich es buche?",
    "Magst du Museen?",
    "Soll ich einen Tisch reservieren?",
    "In welchem Jahr wurde es eröffnet?",
    "Öffnete das Museum im Mai?",
    "Aimez-vous cuisiner ?",
    "Voulez-vous que je réserve ?",
    "Vous aimez les musées ?",
    "Est-ce que le musée a ouvert en 1904 ?",
    "Quel âge avez-vous ?",
    "¿Te gusta cocinar?",
    "¿Quiere que lo reserve?",
    "¿Desea reservar para 2 personas?",
    "¿Qué museo le gusta?",
    "¿Necesita algo más?",
    "Вам нравится готовить?",
    "Хотите, я забронирую столик?",
    "Какой музей вам нравится?",
    "Нужно что-нибудь ещё?",
    "Открылся ли музей в 1904 году?",
    "你喜欢做饭吗？",
    "您需要我帮您预订吗？",
    "您想去哪个博物馆？",
    "博物馆是什么时候开放的？",
    "你是不是喜欢博物馆？",
    "需要预订吗？",
    "Did the museum open in 1904?",
    "When did it open?",
    "What other parts of the ecosystem do you like ?",
    'Have you heard " Hound Dog " by Elvis ?',
    "Do you know when the museum opened?",
    "Do you know any museums?",
    "Did you hear about Mr. Lauren ?",
    "How about rugby league ?",
    "Shall I book a table for 2 people?",
    "Is there anything else I can help you with today?",
    "Anything else?",
    "Could you give me the order number, please?",
    "Is that right?",
    "Ready to go?",
    "And you?",
    "Your favourite museum?",
]


@pytest.mark.parametrize("answer", DRESSED)
def test_an_assertion_does_not_escape_behind_a_question_mark(answer):
    assert any(not one.asks for one in claims(answer))


@pytest.mark.parametrize("answer", TRUE)
def test_a_true_question_asserts_nothing(answer):
    assert all(one.asks for one in claims(answer))


def test_what_is_asserted_is_cut_out():
    parts = {
        "It opened in 1904, right?": [("It opened in 1904", False)],
        "Did you know that it opened in 1904?": [("it opened in 1904?", False)],
        "It opened in 1904, do you like it?": [("It opened in 1904, ", False), ("do you like it?", True)],
        "Do you like it, it opened in 1904?": [("Do you like it, ", True), ("it opened in 1904?", False)],
        "It opened in 1904.": [("It opened in 1904.", False)],
    }
    for said, expected in parts.items():
        assert [(said[start:end], asks) for start, end, asks in stretches(said)] == expected


def test_a_question_within_a_question_asks():
    assert stretches("Do you know when it opened?") == [(0, 27, True)]
    assert stretches("你知道它什么时候开放吗？") == [(0, 12, True)]
