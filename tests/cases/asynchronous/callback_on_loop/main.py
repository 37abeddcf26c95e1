import asyncio


def heavy(x):
    return x


def done(task):
    pass


async def short():
    return 1


async def run():
    task = asyncio.create_task(short())
    task.add_done_callback(done)
    await task
    return await asyncio.to_thread(heavy, 1)


asyncio.run(run())
