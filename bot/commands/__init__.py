"""What people can do in chat: one module per command group, each owning a Router."""
