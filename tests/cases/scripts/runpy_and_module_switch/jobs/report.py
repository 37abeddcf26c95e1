def render():
    pass


render()
