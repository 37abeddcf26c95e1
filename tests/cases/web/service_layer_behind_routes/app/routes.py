from functools import wraps

from flask import Blueprint, jsonify, request

from .services import predictor

bp = Blueprint("api", __name__)


def authorised(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        check(request.headers)
        return view(*args, **kwargs)

    return wrapper


def check(headers):
    return headers


@bp.route("/predict", methods=["POST"])
@authorised
def predict():
    return jsonify(predictor.predict(request.json["text"]))
