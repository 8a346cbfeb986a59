// Package access answers who may do what and who sees which activities. Viewer says who is reading, Scope which activities they may
// read; every read of activities takes a Scope, and only this package makes one.
//
// It writes no table. It imports models and services/database.
package access
