"""Tables behind Django's models."""

MODELS = """
    from django.db import models
    class Base(models.Model):
        class Meta:
            abstract = True
    class OrderSet(models.QuerySet):
        def dear(self):
            return self.filter(price__gt=9)
        def dearest(self):
            return max(x.price for x in self)
    class OrderManager(models.Manager):
        def get_queryset(self):
            return OrderSet(self.model, using=self._db)
        def total(self):
            return self.get_queryset().aggregate(models.Sum("price"))
    class Client(Base):
        class Meta:
            db_table = "people"
    class Order(Base):
        client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="purchases")
        objects = OrderManager()
        def link(self):
            return f"/orders/{self.id}/"
        def close(self):
            self.link()
            self.save()
    """


def touches(graph):
    """Return effect, last part of the unit, and table."""
    return {
        (e.kind, e.source.rpartition(":")[2], e.target.removeprefix("table:"))
        for e in graph.edges
        if e.kind in ("read", "write") and e.target.startswith("table:")
    }


def of_views(linked, text):
    """Return what the functions of a file beside the models touch."""
    files = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/views.py": text}
    held = touches(linked({k: v for k, v in files.items() if not k.endswith("views.py")}))
    return touches(linked(files)) - held


def test_a_model_and_its_managers_stand_for_its_table(linked):
    graph = linked({"shop/__init__.py": "", "shop/models.py": MODELS})

    assert touches(graph) == {
        ("read", "OrderSet.dearest", "shop_order"),
        ("read", "OrderManager.total", "shop_order"),
        ("write", "Order.close", "shop_order"),
    }


def test_asking_reads_and_changing_only_writes(linked):
    text = """
        from shop.models import Order
        def listed():
            return Order.objects.all().dear()
        def new():
            Order(price=1).save()
        def add(rows):
            Order.objects.bulk_create([Order(**r) for r in rows])
        def clear():
            Order.objects.filter(price=0).delete()
        def reprice(key):
            chosen = Order.objects.filter(id=key)
            chosen.update(price=2)
        def recount():
            for order in Order.objects.all():
                order.save()
        def ensure():
            Order.objects.get_or_create(price=3)
        """

    assert of_views(linked, text) == {
        ("read", "listed", "shop_order"),
        ("write", "new", "shop_order"),
        ("write", "add", "shop_order"),
        ("write", "clear", "shop_order"),
        ("write", "reprice", "shop_order"),
        ("read", "recount", "shop_order"),
        ("write", "recount", "shop_order"),
        ("read", "ensure", "shop_order"),
        ("write", "ensure", "shop_order"),
    }


def test_models_are_found_without_being_imported(linked):
    text = """
        from django.apps import apps
        from django.contrib.auth import get_user_model
        from django.shortcuts import get_object_or_404
        User = get_user_model()
        def by_label():
            Kept = apps.get_model("shop", "Order")
            return Kept.objects.count()
        def backwards(user):
            return user.order_set.first()
        def named(client):
            return [o.price for o in client.purchases.all()]
        def people():
            return User.objects.first()
        def one(pk):
            return get_object_or_404(Client, pk=pk)
        """

    assert of_views(linked, text) == {
        ("read", "by_label", "shop_order"),
        ("read", "backwards", "shop_order"),
        ("read", "named", "shop_order"),
        ("read", "people", "auth_user"),
        ("read", "one", "people"),
    }


def test_a_signal_receives_a_row_and_a_form_saves_one(linked):
    text = """
        from django import forms
        from django.db.models.signals import post_save
        from django.views.generic import ListView
        from shop.models import Client, Order
        class OrderForm(forms.ModelForm):
            class Meta:
                model = Order
        class Orders(ListView):
            model = Order
        def accept(request):
            form = OrderForm(request.POST)
            form.save()
        def saved(sender, instance, **rest):
            instance.save()
        def other(instance):
            instance.save()
        post_save.connect(saved, sender=Client)
        """

    assert of_views(linked, text) == {
        ("write", "accept", "shop_order"),
        ("write", "saved", "people"),
        ("read", "Orders", "shop_order"),
    }


def test_a_system_without_models_has_no_such_tables(linked):
    graph = linked({"a.py": "def f(x):\n    x.objects.filter(a=1).delete()\n    x.save()\n"})

    assert touches(graph) == set()


def test_rows_of_flask_sqlalchemy_are_asked_added_changed_and_deleted(linked):
    graph = linked({
        "db.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
        "models.py": """
            from db import db
            class User(db.Model):
                __tablename__ = "users"
                id = db.Column(db.Integer)
            class Answer(db.Model):
                __tablename__ = "answers"
                id = db.Column(db.Integer)
            """,
        "views.py": """
            from sqlalchemy import text
            from db import db
            from models import Answer, User
            def first():
                return User.query.filter_by(id=1).first()
            def both():
                return db.session.query(User.id, Answer.id).join(Answer).all()
            def new():
                db.session.add(User(id=1))
            def many(rows):
                db.session.add_all([Answer(id=r) for r in rows])
            def seen():
                user = User.query.get(1)
                user.seen = True
                db.session.commit()
            def gone():
                db.session.delete(Answer.query.get(1))
            def cleared():
                db.session.query(Answer).delete()
            def told():
                with db.engine.connect() as conn:
                    conn.execute(text("SELECT id FROM answers"))
            """,
    })  # fmt: skip

    assert touches(graph) == {
        ("read", "first", "users"),
        ("read", "both", "users"),
        ("read", "both", "answers"),
        ("write", "new", "users"),
        ("write", "many", "answers"),
        ("read", "seen", "users"),
        ("write", "seen", "users"),
        ("read", "gone", "answers"),
        ("write", "gone", "answers"),
        ("write", "cleared", "answers"),
        ("read", "told", "answers"),
    }


def test_of_two_models_of_one_name_the_imported_one_is_meant(linked):
    model = "from django.db import models\nclass Report(models.Model):\n    pass\n"
    graph = linked({
        "shop/__init__.py": "",
        "shop/models.py": model,
        "bank/__init__.py": "",
        "bank/models.py": model,
        "shop/views.py": """
            from .models import Report
            from bank import models
            def near():
                return Report.objects.all()
            def far():
                return models.Report.objects.count()
            """,
        "post/__init__.py": "",
        "post/Letter.py": "from django.db import models\nclass Letter(models.Model):\n    pass\n",
        "post/views.py": "from post import Letter\ndef same():\n    return Letter.Letter.objects.all()\n",
        "other.py": "def unknown(Report):\n    return Report.objects.all()\n",
    })  # fmt: skip

    assert touches(graph) == {
        ("read", "near", "shop_report"),
        ("read", "far", "bank_report"),
        ("read", "same", "post_letter"),
    }


def test_a_table_has_the_columns_that_its_class_declares(linked):
    graph = linked({
        "shop/__init__.py": "",
        "shop/models.py": """
            from django.db import models
            class Order(models.Model):
                price = models.DecimalField()
                client = models.ForeignKey("Client", on_delete=models.CASCADE)
                tags = models.ManyToManyField("Tag")
                LIMIT = max(1, 2)
            def all_of_them():
                return Order.objects.all()
            """,
    })  # fmt: skip

    assert {a.name: a.columns for a in graph.assets} == {"shop_order": ("client", "price")}
