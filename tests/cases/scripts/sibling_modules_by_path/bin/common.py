def banner(text):
    print(frame(text))


def frame(text):
    return f"== {text}"
