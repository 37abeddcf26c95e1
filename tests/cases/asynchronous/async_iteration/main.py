import asyncio


class Stream:
    def __init__(self):
        self.left = 2

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left


async def ticks():
    yield 1


async def consume():
    async for item in Stream():
        pass
    async for tick in ticks():
        pass


asyncio.run(consume())
