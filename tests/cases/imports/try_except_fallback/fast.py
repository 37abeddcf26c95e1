import missing_accelerator


def encode(text):
    return missing_accelerator.encode(text)
