from flask import Flask, jsonify, request


class Model:
    def predict(self, rows):
        return [self._one(row) for row in rows]

    def _one(self, row):
        return sum(row)


def validate(payload):
    if "rows" not in payload:
        raise ValueError("rows")
    return payload["rows"]


def create_app(model=None):
    app = Flask(__name__)
    app.model = model or Model()

    @app.route("/predict", methods=["POST"])
    def predict():
        rows = validate(request.get_json())
        return jsonify(app.model.predict(rows))

    @app.errorhandler(ValueError)
    def on_error(error):
        return describe(error), 400

    app.add_url_rule("/health", view_func=health)
    return app


def health():
    return "ok"


def describe(error):
    return str(error)


if __name__ == "__main__":
    create_app().run()
