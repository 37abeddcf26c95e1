def write():
    return 1


if __name__ == "__main__":
    write()
