import asyncio


async def fetch(x):
    return parse(x)


def parse(x):
    return x


async def main():
    return await fetch(1)


asyncio.run(main())
