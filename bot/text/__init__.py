"""Language work on plain text: pure, without a model, the same for Korean and English."""
