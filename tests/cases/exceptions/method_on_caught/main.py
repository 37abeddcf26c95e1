class ApiError(Exception):
    def hint(self):
        return "wait"


def call():
    raise ApiError("x")


try:
    call()
except ApiError as error:
    error.hint()
