// Package proof makes the commitments by which anybody can check that an activity is the one that was recorded, also after some of
// its personal content was erased. README.md beside this file specifies the bytes, with test vectors.
//
// It writes no table: services/journal writes what is made here. It reads activities, actors, workspace_heads, tombstones, and what is kept of erasures:
// activity_salts, erased_groups and the records of them (erasures, erasure_workspaces, sources, inbox). It imports models and services/database.
package proof
