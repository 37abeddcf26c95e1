"""Assets outside the file system: collections, mapped tables, caches, topics, objects, files inside SQL."""

import pytest

from decompose.ir.graph import CodeGraph


def links(graph: CodeGraph) -> set[tuple[str, str, str]]:
    """Return (way, unit, asset) without the module."""
    return {
        (e.kind, e.source.partition(":")[2], e.target)
        for e in graph.edges
        if e.kind in ("read", "write") and not e.target.startswith("env:")
    }


MONGO = """
    from pymongo import MongoClient
    client = MongoClient("mongodb://db")
    db = client["shop"]
    def save(order):
        db["orders"].insert_one(order)
    def listed():
        return list(db.orders.find({}))
    def change(key):
        client.shop.customers.update_one({"id": key}, {"$set": {"a": 1}})
    class Events:
        def __init__(self):
            self.base = MongoClient().get_database("shop")
            self.kept = self.base.get_collection("events")
        def add(self, rows):
            self.kept.insert_many(rows)
    """


def test_a_mongo_collection_is_named_by_element_attribute_or_call(linked):
    assert links(linked({"m.py": MONGO})) == {
        ("write", "save", "table:orders"),
        ("read", "listed", "table:orders"),
        ("write", "change", "table:customers"),
        ("write", "Events.add", "table:events"),
    }


ORM = """
    from sqlalchemy import create_engine, select, update
    from sqlalchemy.orm import Session, declarative_base, sessionmaker
    Base = declarative_base()
    class Order(Base):
        __tablename__ = "orders"
    Local = sessionmaker(bind=create_engine("sqlite:///a.db"))
    def add(name):
        with Local() as session:
            session.add(Order(name=name))
    def every():
        return Local().query(Order).filter(Order.name == "x").all()
    def chosen(session: Session):
        return session.execute(select(Order).where(Order.id == 1)).scalars().all()
    def renamed(session: Session):
        session.execute(update(Order).values(name="y"))
    """


def test_a_mapped_class_stands_for_its_table(linked):
    assert links(linked({"m.py": ORM})) == {
        ("write", "add", "table:orders"),
        ("read", "every", "table:orders"),
        ("read", "chosen", "table:orders"),
        ("write", "renamed", "table:orders"),
    }


def test_a_class_that_nothing_maps_is_no_table(linked):
    graph = linked({
        "m.py": """
            from sqlalchemy.orm import Session
            class Plain:
                pass
            def add(session: Session):
                session.add(Plain())
            """
    })  # fmt: skip

    assert not [link for link in links(graph) if "plain" in link[2].lower()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CREATE TABLE trips AS SELECT * FROM read_parquet('in/t.parquet')",
         {("write", "f", "table:trips"), ("read", "f", "asset:in/t.parquet")}),
        ("SELECT * FROM 'in/other.csv'", {("read", "f", "asset:in/other.csv")}),
        ("COPY trips TO 'out/t.parquet' (FORMAT parquet)",
         {("read", "f", "table:trips"), ("write", "f", "asset:out/t.parquet")}),
        ("COPY trips FROM 'in/t.csv'", {("write", "f", "table:trips"), ("read", "f", "asset:in/t.csv")}),
        ("SELECT a FROM `proj.ds.sales`", {("read", "f", "table:proj.ds.sales")}),
    ],
)  # fmt: skip
def test_files_inside_sql_are_files(linked, text: str, expected: set[tuple[str, str, str]]):
    graph = linked({"m.py": f'import duckdb\ndef f():\n    duckdb.sql("{text}")\n'})

    assert links(graph) == expected


OTHERS = """
    import boto3, pika, redis
    from azure.storage.blob import BlobServiceClient
    from datasets import load_dataset
    from feast import FeatureStore
    from minio import Minio
    cache = redis.Redis()
    def listen():
        cache.pubsub().subscribe("events")
    def publish(text):
        cache.publish("events", text)
    def put(body):
        boto3.resource("s3").Object("models", "z.bin").put(Body=body)
    def blob():
        service = BlobServiceClient.from_connection_string("x")
        return service.get_blob_client(container="c", blob="a/b.csv").download_blob()
    def frames():
        return load_dataset("csv", data_files="data/in.csv")
    def online():
        return FeatureStore(repo_path=".").get_online_features(features=["a:b"], entity_rows=[])
    def fetch():
        Minio("host").fget_object("bucket", "far.bin", "near.bin")
    def send(body):
        pika.BlockingConnection().channel().basic_publish(exchange="", routing_key="tasks", body=body)
    """


def test_stores_of_other_libraries(linked):
    assert links(linked({"m.py": OTHERS})) == {
        ("read", "listen", "topic:events"),
        ("write", "publish", "topic:events"),
        ("write", "put", "asset:z.bin"),
        ("read", "blob", "asset:a/b.csv"),
        ("read", "frames", "asset:data/in.csv"),
        ("read", "online", "table:feast feature store"),
        ("read", "fetch", "asset:far.bin"),
        ("write", "fetch", "asset:near.bin"),
        ("write", "send", "topic:tasks"),
    }


VECTORS = """
    import boto3, pinecone, weaviate
    from pymilvus import Collection, MilvusClient
    sqs = boto3.client("sqs")
    books = weaviate.connect_to_local().collections.get("Book")
    pages = Collection("pages")
    def near(v):
        return books.query.near_vector(v)
    def learn(v):
        books.data.insert({"v": v})
    def keep(v):
        pages.insert(v)
        MilvusClient("m.db").upsert(collection_name="notes", data=v)
    def ask(v):
        return pinecone.Pinecone(api_key="k").Index("faces").query(vector=v)
    def queue(v):
        sqs.send_message(QueueUrl="https://queue/jobs", MessageBody=v)
    """


def test_vector_stores_and_queues_of_clouds(linked):
    assert links(linked({"a.py": VECTORS})) == {
        ("read", "near", "table:Book"),
        ("write", "learn", "table:Book"),
        ("write", "keep", "table:pages"),
        ("write", "keep", "table:notes"),
        ("read", "ask", "table:faces"),
        ("write", "queue", "topic:https://queue/jobs"),
    }


def test_a_kedro_node_reads_and_writes_what_its_catalog_places(linked):
    files = {
        "src/shop/nodes.py": "def clean(frame, share):\n    return frame\ndef fit(frame):\n    return frame\n",
        "src/shop/pipeline.py": """
            from kedro.pipeline import node, pipeline
            from shop.nodes import clean, fit
            def create_pipeline():
                return pipeline([
                    node(clean, ["raw", "params:share"], "tidy", name="clean"),
                    node(func=fit, inputs=dict(frame="tidy"), outputs="model"),
                ])
            """,
    }
    catalog = {
        "raw@pandas": {"type": "pandas.CSVDataset", "filepath": "data/01_raw/raw.csv"},
        "model": {"type": "pickle.PickleDataset", "filepath": "data/06_models/model.pkl"},
    }

    graph = linked(files, {"conf/base/catalog.yml": catalog})

    assert links(graph) == {
        ("read", "clean", "asset:data/01_raw/raw.csv"),
        ("write", "fit", "asset:data/06_models/model.pkl"),
    }


def test_a_frame_of_unknown_origin_is_written_all_the_same(linked):
    graph = linked({"m.py": "def save(df):\n    df.to_parquet('out/x.parquet')\n    df.save('y.csv')\n"})

    assert links(graph) == {("write", "save", "asset:out/x.parquet")}


def test_a_frame_that_may_be_one_of_more_things_than_are_told_apart_is_written(linked):
    parts = ", ".join(f'"part{n}": rows["c{n}"].copy()' for n in range(12))
    source = (
        "import pandas as pd\n"
        "def keep(tables):\n    for name, table in tables.items():\n        table.to_parquet(f'out/{name}.parquet')\n"
        f"def run():\n    rows = pd.read_csv('rows.csv')\n    keep({{{parts}}})\n"
    )

    assert ("write", "keep", "asset:out/part3.parquet") in links(linked({"m.py": source}))


def test_a_table_is_named_after_its_schema_as_in_sql(linked):
    source = """
        import pandas as pd
        def keep(frame, engine):
            frame.to_sql(name="cars", con=engine, schema="test")
        def read(engine):
            return pd.read_sql("SELECT id FROM test.cars", engine)
        """

    assert links(linked({"m.py": source})) == {
        ("write", "keep", "table:test.cars"),
        ("read", "read", "table:test.cars"),
    }


def test_a_commit_to_the_hub_sends_local_files_and_writes_the_repository(linked):
    source = """
        from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download
        def push():
            HfApi().create_commit(
                repo_id="team/price", commit_message="new",
                operations=[CommitOperationAdd(path_in_repo="m.bin", path_or_fileobj="out/m.bin")],
            )
        def fetch():
            return hf_hub_download(repo_id="team/price", filename="m.bin")
        """

    assert links(linked({"m.py": source})) == {
        ("read", "push", "asset:out/m.bin"), ("write", "push", "model:team/price"), ("read", "fetch", "model:team/price"),
    }  # fmt: skip
