from flask import Flask, jsonify, request
from flask.views import MethodView

app = Flask(__name__)


def load_model():
    return Model()


class Model:
    def predict(self, data):
        return data


model = load_model()


@app.route("/predict", methods=["POST"])
def predict():
    return jsonify(model.predict(parse(request.json)))


def parse(data):
    return data


class Batch(MethodView):
    def post(self):
        return self.run()

    def run(self):
        return jsonify(model.predict([]))


app.add_url_rule("/batch", view_func=Batch.as_view("batch"))

if __name__ == "__main__":
    app.run()
