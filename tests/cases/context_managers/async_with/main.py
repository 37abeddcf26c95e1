import asyncio


class Client:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        await self.close()

    async def get(self):
        return 1

    async def close(self):
        pass


async def fetch():
    async with Client() as client:
        return await client.get()


asyncio.run(fetch())
