// Package handlerstest answers for how tests speak to Daybook over HTTP: a whole server on a real listener, on a database of the test's own,
// with the same cast everywhere. It writes nothing but what a test needs to exist (a deactivated user, an expired token). It is imported by
// tests alone.
//
// The cast. Alice owns the workspace acme, Ada is an admin of it, and Bob a member: the application calls him bob, and he has access to the
// project p1. Charlie is signed up and member of another workspace, other, only. Ina is an instance admin. Dora was a member of acme and is
// deactivated. Applications have tokens; see the names in cast.go.
package handlerstest
