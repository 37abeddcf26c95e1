"""Names of parts: from what they do, told apart by what their modules speak of, kept over changes."""

from decompose.boundary.kinds import Portrait, kind_of
from decompose.boundary.names import name_parts


def portrait(*entries: str, externals: tuple[str, ...] = (), **roles: float) -> Portrait:
    return Portrait(roles=roles, entries=entries, traits=(), statements=10, units=2, externals=externals)


def test_a_part_is_named_by_what_it_does_not_by_its_settings() -> None:
    members = {"p1": ("a.x:f",), "p2": ("a.y:f",)}

    names = name_parts(members, {"p1": portrait(config_util=9, training=3), "p2": portrait(online_inference=1)})

    assert names == {"p1": "training", "p2": "inference"}


def test_a_quarter_of_what_a_part_does_names_it_less_does_not() -> None:
    much = portrait(evaluation=3, features=2.5, training=2.4, ingest=2)
    little = portrait(training=2, evaluation=2, registry=2, monitoring=2, batch_inference=2, orchestration=2)

    assert name_parts({"p1": ("a.api:f",)}, {"p1": much}) == {"p1": "data_prep"}
    assert name_parts({"p1": ("a.api:f",)}, {"p1": little}) == {"p1": "api"}


def test_preparation_that_ends_in_training_is_training() -> None:
    assert name_parts({"p1": ("a.api:f",)}, {"p1": portrait(features=6, training=3)}) == {"p1": "training"}
    assert name_parts({"p1": ("a.api:f",)}, {"p1": portrait(features=8, training=2)}) == {"p1": "data_prep"}


def test_a_word_that_only_joins_others_tells_no_part_apart() -> None:
    members = {"p1": ("a.news:f", "a.feed:h"), "p2": ("a.process_for_db:f",)}

    names = name_parts(members, {"p1": portrait(ingest=1), "p2": portrait(ingest=1)})

    assert names["p2"] == "data_prep_process"


def test_a_part_with_routes_is_named_by_what_it_answers_and_a_job_that_treats_predictions_is_no_inference() -> None:
    members = {"p1": ("a.x:f",), "p2": ("a.y:f",), "p3": ("a.z:f",), "p4": ("a.w:f",)}
    portraits = {
        "p1": portrait("route", ingest=5, gateway_ui=2),
        "p2": portrait("main", postprocess=3, ingest=1),
        "p3": portrait("main", ingest=5, gateway_ui=2),
        "p4": portrait("route", orchestration=1),
    }

    names = name_parts(members, portraits)

    assert names == {"p1": "web", "p2": "batch_inference", "p3": "data_prep", "p4": "orchestration"}


def test_a_command_that_only_speaks_of_pages_is_a_job_and_one_that_draws_them_is_a_gateway() -> None:
    speaks = portrait("main", gateway_ui=5, validation=3)
    draws = portrait("main", gateway_ui=5, validation=3, externals=("tkinter",))

    assert [kind_of(speaks, is_called=False), kind_of(draws, is_called=False)] == ["job", "gateway"]
    assert name_parts({"p1": ("a.docs:f",)}, {"p1": speaks}) == {"p1": "data_prep"}
    assert name_parts({"p1": ("a.docs:f",)}, {"p1": draws}) == {"p1": "web"}


def test_two_parts_that_do_the_same_are_told_apart_by_their_modules() -> None:
    members = {"p1": ("a.news:f", "a.news:g", "a.feed:h"), "p2": ("a.orders:f",)}

    names = name_parts(members, {"p1": portrait(ingest=1), "p2": portrait(ingest=1)})

    assert names == {"p1": "data_prep", "p2": "data_prep_orders"}


def test_parts_whose_modules_speak_of_the_same_are_told_apart_by_their_functions() -> None:
    members = {
        "p1": ("a.store:read_orders", "a.store:clean_orders", "a.feed:orders"),
        "p2": ("a.feed:read_news", "a.feed:rank_news", "a.store:news_of"),
    }

    names = name_parts(members, {"p1": portrait(ingest=1), "p2": portrait(ingest=1)})

    assert sorted(names.values()) == ["data_prep", "data_prep_news"]


def test_parts_that_share_all_words_are_told_apart_by_what_else_they_do() -> None:
    members = {"p1": ("a.x:f", "a.y:f", "a.x:h"), "p2": ("a.x:g", "a.y:g")}

    names = name_parts(members, {"p1": portrait(ingest=1), "p2": portrait(ingest=3, monitoring=1)})

    assert names == {"p1": "data_prep", "p2": "data_prep_monitoring"}


def test_a_part_without_a_role_is_named_by_its_modules() -> None:
    assert name_parts({"p1": ("shop.billing:f",)}, {"p1": portrait()}) == {"p1": "billing"}


def test_a_part_keeps_its_name_while_most_of_it_stays() -> None:
    members = {"p1": ("a.x:f", "a.x:g", "a.x:new")}
    before = {"a.x:f": "mine", "a.x:g": "mine"}

    assert name_parts(members, {"p1": portrait(training=1)}, before) == {"p1": "mine"}


def test_names_fit_the_plan() -> None:
    name = name_parts({"p1": ("Ünïcode.1weird-name:f",)}, {"p1": portrait()})["p1"]

    assert name[0].isalpha()
    assert name.isascii()
    assert len(name) <= 40
