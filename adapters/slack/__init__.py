"""Slack through slack-bolt: events in, posts out."""
