// Package account answers for who there is: users, workspaces and their members, actors, projects and who has access to them.
//
// It alone writes workspaces, users, memberships, actors, projects, project_members and instance_settings. It imports models, services/access, services/database,
// services/ingest (its acts are activities), and services/auth for passwords.
package account
