import asyncio


async def load(name):
    return name


async def store(name):
    pass


async def run(names):
    await asyncio.gather(*[load(name) for name in names])
    async with asyncio.TaskGroup() as group:
        group.create_task(store("a"))


asyncio.run(run(["a"]))
