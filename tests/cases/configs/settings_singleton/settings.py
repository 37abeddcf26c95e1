from functools import lru_cache


class Settings:
    def __init__(self):
        self.host = "localhost"

    def database_url(self):
        return "sqlite://" + self.host


@lru_cache(maxsize=1)
def get_settings():
    return Settings()
