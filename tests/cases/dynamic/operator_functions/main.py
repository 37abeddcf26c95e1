import operator


class Item:
    def price(self):
        return 1

    def discount(self, rate):
        return rate


item = Item()
operator.methodcaller("price")(item)
operator.attrgetter("discount")(item)(0.1)
