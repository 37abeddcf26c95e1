import uvicorn


def serve():
    uvicorn.run("package.web:create", host="0.0.0.0", factory=True)


def serve_config():
    uvicorn.Server(uvicorn.Config(app="package.plain:app")).run()


if __name__ == "__main__":
    serve()
    serve_config()
