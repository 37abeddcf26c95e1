def middle():
    from a import finish

    return finish()
