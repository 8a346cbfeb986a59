// Package account answers for who there is: users, workspaces and their members, actors, projects and who has access to them.
//
// What people do to each other takes a Doer, which says what they may do (design.md §6); what only the machine's own commands and the journal
// do takes the name to record it by. Each change is one activity, in its own transaction. An edit names the version that was seen.
//
// Actors that are one person are merged: one of them stands for all (merged_into of the others), and a user that is linked to any of them is
// all of them. Activities point to actors and never change. Whoever is removed from a workspace stays the person that they are, and loses what they
// were given: if they come back, they begin with the new role alone.
//
// It alone writes workspaces, users, memberships, actors, projects, project_members and instance_settings. It imports models, services/access, services/database,
// services/ingest (its acts are activities), and services/auth for passwords.
package account
