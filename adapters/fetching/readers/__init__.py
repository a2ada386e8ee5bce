"""The sites that are read in a way of their own, the first that says yes. One file each."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.fetching.reader import Reader
from adapters.fetching.readers.arxiv import ArxivReader
from adapters.fetching.readers.geeknews import GeekNewsReader
from adapters.fetching.readers.github import GithubApi, GithubRepositoryReader
from adapters.fetching.readers.github_files import GistReader, GithubFileReader
from adapters.fetching.readers.github_threads import (
    GithubCommitReader,
    GithubReleaseReader,
    GithubThreadReader,
)
from adapters.fetching.readers.hacker_news import HackerNewsReader
from adapters.fetching.readers.hugging_face import HuggingFaceReader
from adapters.fetching.readers.lobsters import LobstersReader
from adapters.fetching.readers.naver_blog import NaverBlogReader
from adapters.fetching.readers.reddit import RedditReader
from adapters.fetching.readers.video_sites import VideoSiteReader
from adapters.fetching.readers.walled import WalledReader, XReader
from adapters.fetching.readers.youtube import YoutubeReader


def site_readers(*, github_token: str = "") -> Sequence[Reader]:
    github = GithubApi(token=github_token)
    return (
        ArxivReader(),
        GithubRepositoryReader(github),
        GithubFileReader(github),
        GithubThreadReader(github),
        GithubReleaseReader(github),
        GithubCommitReader(github),
        GistReader(github),
        HuggingFaceReader(),
        YoutubeReader(),
        VideoSiteReader(),
        HackerNewsReader(),
        RedditReader(),
        LobstersReader(),
        GeekNewsReader(),
        XReader(),
        WalledReader(),
        NaverBlogReader(),
    )


READERS: Sequence[Reader] = site_readers()
