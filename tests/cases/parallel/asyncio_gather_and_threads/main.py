import asyncio


async def fetch(i):
    await asyncio.sleep(0)
    return parse(i)


def parse(i):
    return i


def blocking(path):
    return path


async def predict(x):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, blocking, x)


async def main():
    rows = await asyncio.gather(*(fetch(i) for i in range(3)))
    task = asyncio.create_task(predict("a"))
    await task
    await asyncio.to_thread(blocking, "b")
    return rows


asyncio.run(main())
