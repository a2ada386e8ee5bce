"""Composition root: the only package that knows concrete classes.

`app.py` joins the use cases, `running.py` what serves members, `installing.py` what administrators
need before. Heavy libraries are imported where they are used.
"""

from bot.bootstrap.app import App, open_app, routers_of

__all__ = ["App", "open_app", "routers_of"]
