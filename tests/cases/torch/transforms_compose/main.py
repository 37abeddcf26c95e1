from torchvision import transforms


class Jitter:
    def __init__(self, amount):
        self.amount = amount

    def __call__(self, image):
        return shift(image, self.amount)


def shift(image, amount):
    return image


def invert(image):
    return image


def load(image):
    pipeline = transforms.Compose([Jitter(2), transforms.Lambda(invert), transforms.ToTensor()])
    return pipeline(image)


load(None)
