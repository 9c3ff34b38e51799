"""What a program needed that its sandbox has not: whose fault that is, and what would bring it."""

from __future__ import annotations

from daytona_validate._core.install_advice import install_advice
from daytona_validate._core.languages.error_style import Diagnosis
from daytona_validate._core.languages.record import Language
from daytona_validate._models import Snippet


def is_lacking(diagnosis: Diagnosis, snippet: Snippet, language: Language) -> bool:
    """Tell whether it is the sandbox that lacks something, such as an installable module."""
    module = diagnosis.missing_module
    if diagnosis.lacks is not None:
        return True
    if module is None or module in language.standard_modules:
        return False
    own_names = {language.entry_file.partition(".")[0]}
    for path in snippet.files:
        own_names.update(part.partition(".")[0] for part in path.split("/"))
    return module not in own_names


def lacking_advice(diagnosis: Diagnosis, language: Language) -> str:
    """Return what there is to say of it, as the end of a line."""
    module = diagnosis.missing_module
    if diagnosis.lacks is not None:
        return f"; this sandbox does not have {diagnosis.lacks}"
    if module in language.own_parts:
        return f"; it is a part of {language.title} that this sandbox does not have"
    return install_advice(language.name, module)
