from sklearn.feature_extraction.text import TfidfVectorizer


def tokenize(text):
    return [stem(word) for word in text.split()]


def stem(word):
    return word.rstrip("s")


def lower(text):
    return text.lower()


def fit(corpus):
    vectorizer = TfidfVectorizer(tokenizer=tokenize, preprocessor=lower, token_pattern=None)
    return vectorizer.fit_transform(corpus)


fit(["cats and dogs", "a dog"])
