// Package lastvisit answers what somebody has seen of a workspace's log before they came back.
//
// It alone writes feed_visits. It imports models, services/access and services/database.
package lastvisit
