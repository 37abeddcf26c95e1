import package.tools as t
from package.tools import build as make
from package import tools

t.clean()
make()
tools.clean()
