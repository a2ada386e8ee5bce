"""What language models are told: one file a prompt, the style of each language in one file.

A prompt's `version` goes up with every change, so that people can tell which one wrote a text.
"""

from bot.prompts.files import fill_prompt, known_prompts, version_of

__all__ = ["fill_prompt", "known_prompts", "version_of"]
