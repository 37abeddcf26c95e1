import asyncio


class Client:
    async def __aenter__(self):
        await self.open()
        return self

    async def __aexit__(self, *error):
        return False

    async def open(self):
        return None

    def stream(self, n):
        return Stream(n)


class Stream:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.n:
            raise StopAsyncIteration
        self.n -= 1
        return self.n


async def main():
    async with Client() as client:
        async for item in client.stream(2):
            print(item)


asyncio.run(main())
