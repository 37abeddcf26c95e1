from settings import get_settings


def connect():
    return get_settings().database_url()


connect()
