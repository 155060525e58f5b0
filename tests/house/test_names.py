"""Names in the code: no leading underscore at module level, and one meaning for each class name."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from tests.house.test_repository import modules

FRAMEWORK = {"Command", "Migration"}  # Django finds them by this name


def names_of(tree: ast.Module) -> Iterator[str]:
    """Everything that a module defines at its top: functions, classes and constants."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))


def types_of(tree: ast.Module) -> Iterator[str]:
    """The short names that a module gives to types: Rows = dict[str, int]."""
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    yield from (name for name in names_of(tree) if name not in classes and re.fullmatch("[A-Z]+[a-z]+[A-Za-z]*", name))


def is_hidden(name: str) -> bool:
    return name.startswith("_") and name != "_" and not name.startswith("__")


def test_no_module_hides_a_name_behind_an_underscore() -> None:
    found = [f"{path}: {name}" for path, tree in modules() for name in names_of(tree) if is_hidden(name)]
    assert found == [], "Write the plain name; where a variable has it, name the function by what it does."


def test_a_class_name_has_one_meaning_in_the_whole_project() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path, tree in modules():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name not in FRAMEWORK:
                places[node.name].append(path)
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_no_type_has_the_name_of_a_class_that_is_something_else() -> None:
    classes = {node.name for _, tree in modules() for node in tree.body if isinstance(node, ast.ClassDef)}
    found = [f"{path}: {name}" for path, tree in modules() for name in types_of(tree) if name in classes]
    assert found == []
