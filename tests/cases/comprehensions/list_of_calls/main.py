def clean(word):
    return word


def is_word(word):
    return True


def tokens(text):
    return [clean(w) for w in text if is_word(w)]


tokens("abc")
