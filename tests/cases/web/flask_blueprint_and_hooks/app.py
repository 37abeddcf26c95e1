from flask import Blueprint, Flask, jsonify, request

from service import Service

api = Blueprint("api", __name__)
service = Service("model.pkl")


@api.before_request
def check():
    return None


@api.route("/predict", methods=["POST"])
def predict():
    return jsonify(service.predict(request.get_json()))


def create():
    app = Flask(__name__)
    app.register_blueprint(api)
    return app


app = create()
