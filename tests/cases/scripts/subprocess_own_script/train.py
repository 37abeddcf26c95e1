def train():
    pass


if __name__ == "__main__":
    train()
