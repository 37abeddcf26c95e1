from django.urls import path
from django.views import View
from django.http import JsonResponse


class Scored:
    def respond(self, value):
        return JsonResponse({"score": self.score(value)})


class PredictView(Scored, View):
    def get(self, request):
        return self.respond(request.GET["x"])

    def post(self, request):
        return self.respond(parse(request.body))

    def score(self, value):
        return float(value)


def parse(body):
    return body


def health(request):
    return JsonResponse({})


urlpatterns = [path("predict", PredictView.as_view()), path("health", health)]
