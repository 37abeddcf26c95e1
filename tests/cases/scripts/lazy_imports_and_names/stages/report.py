def main():
    return render()


def render():
    return "text"
