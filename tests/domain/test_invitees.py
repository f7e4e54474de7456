from gub.domain.invitees import each_once, entries_of, entry_of


def test_d5_a_username_is_the_same_in_any_case():
    assert entry_of("@CYD") == entry_of("cyd") == "@cyd"


def test_a_user_is_meant_by_id_and_by_username():
    assert entries_of(7, "Cyd") == (7, "@cyd")
    assert entries_of(7, None) == (7,)


def test_nobody_is_asked_twice():
    assert each_once([7, "@cyd", 7, "@cyd", 8]) == (7, "@cyd", 8)
