from functools import partial


def resize(image, size):
    return image


def blur(image, radius, passes):
    return image


def run(image, steps):
    for step in steps:
        image = step(image)
    return image


soft = partial(blur, radius=1)
run("image", [partial(resize, size=2), partial(soft, passes=3)])
