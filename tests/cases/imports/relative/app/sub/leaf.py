from . import sibling
from .. import common
from ..common import shared as far


def run():
    sibling.near()
    common.shared()
    far()
