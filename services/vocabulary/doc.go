// Package vocabulary keeps how each workspace calls its actions and its types of entity (models.Vocabulary).
//
// It alone writes vocabulary_terms, and the column vocabulary_version of workspaces, which counts the changes: whoever keeps a vocabulary in memory
// reads the number with the workspace and knows at once that it is old, whichever process changed it. It imports models, services/account,
// services/database and services/ingest.
package vocabulary
