"""Views that URL patterns name, and tasks that are sent by name."""

SITE = {
    "shop/__init__.py": "",
    "shop/views.py": """
        from django.views.generic import ListView
        def home(request):
            return helper(request)
        def helper(request):
            return request
        class Orders(ListView):
            def get_queryset(self):
                return []
            def price(self):
                return 1
        orders = Orders.as_view()
        """,
    "shop/urls.py": """
        from django.urls import path
        from . import views
        urlpatterns = [path("list/", views.orders), path("new/", views.Orders.as_view())]
        """,
    "site/urls.py": """
        from django.urls import include, path
        from shop import views
        urlpatterns = [path("", views.home), path("orders/", include("shop.urls"))]
        """,
    "shop/signals.py": """
        from django.dispatch import receiver
        from django.db.models.signals import post_save
        @receiver(post_save)
        def saved(sender, **rest):
            return sender
        """,
}


def entries(graph):
    """Return kind and detail of the entry points by unit."""
    return {u.symbol: (u.entry.kind, u.entry.detail) for u in graph.units if u.entry is not None}


def test_a_view_answers_the_path_whose_pattern_names_it(linked):
    assert entries(linked(SITE)) == {
        "shop.views:home": ("route", "/"),
        "shop.views:Orders.get_queryset": ("route", "/orders/list/"),
        "shop.signals:saved": ("hook", "saved"),
    }


def test_a_task_that_is_sent_by_name_is_called(linked):
    graph = linked({
        "work.py": """
            from celery import Celery
            app = Celery("w")
            @app.task(name="score")
            def score_all(rows):
                return rows
            @app.task
            def plain(rows):
                return rows
            """,
        "web.py": """
            from celery import Celery
            client = Celery("w")
            TASK = "score"
            def start(rows):
                client.send_task(TASK, args=[rows])
            def other(rows):
                client.signature("work.plain").delay()
            def stranger(rows):
                client.send_task("somewhere.else")
            """,
    })  # fmt: skip

    sent = {(e.source, e.target, e.reason) for e in graph.edges if e.kind == "call" and e.target.startswith("work:")}

    assert sent == {
        ("web:start", "work:score_all", "submit:remote"),
        ("web:other", "work:plain", "submit:remote"),
    }
