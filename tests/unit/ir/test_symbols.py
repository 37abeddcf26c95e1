from hypothesis import given
from hypothesis import strategies as st

from decompose.ir import symbols

names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


@given(st.lists(names, min_size=1, max_size=3), st.lists(names, min_size=1, max_size=3))
def test_a_symbol_splits_into_the_parts_it_was_joined_from(module: list[str], qualname: list[str]) -> None:
    symbol = symbols.join(".".join(module), ".".join(qualname))

    assert symbols.module_of(symbol) == ".".join(module)
    assert symbols.qualname_of(symbol) == ".".join(qualname)
    assert symbols.top_level_of(symbol) == symbols.join(".".join(module), qualname[0])


@given(names, st.lists(names, min_size=1, max_size=4))
def test_parents_lead_from_any_symbol_to_the_module_body_and_end(module: str, qualname: list[str]) -> None:
    symbol, steps = symbols.join(module, ".".join(qualname)), 0

    while symbol:
        assert symbols.module_of(symbol) == module
        symbol, steps = symbols.parent_of(symbol), steps + 1

    assert steps == len(qualname) + 1


def test_kinds_of_symbols_do_not_overlap() -> None:
    assert symbols.is_external("external:pandas.read_csv")
    assert symbols.is_asset("table:orders")
    assert symbols.is_state("state:pkg.config:CACHE")
    assert symbols.is_code("pkg.module:Class.method")
    assert not symbols.is_code("asset:data/raw.csv")
